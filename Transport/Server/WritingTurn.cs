namespace Snakepit.Transport;

/// <summary>
/// Held while a response is written. Only a deadline can end a call beside its handler: without one there
/// is nobody to exclude, and the lock is left out.
/// </summary>
internal readonly ref struct WritingTurn
{
    private readonly object? _gate;

    public WritingTurn(ServerCall call)
    {
        if (call.Timeout is not null)
        {
            _gate = call.Http;
            Monitor.Enter(_gate);
        }
    }

    public void Dispose()
    {
        if (_gate is not null)
        {
            Monitor.Exit(_gate);
        }
    }
}
