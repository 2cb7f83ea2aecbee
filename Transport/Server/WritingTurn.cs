namespace Snakepit.Transport;

/// <summary>
/// Held while a response is written, so that nobody ends the call beside its handler while that fills memory which
/// goes back to the pool with the call. Where nothing can end it there is nobody to exclude, and the lock is left out.
/// </summary>
internal readonly ref struct WritingTurn
{
    private readonly object? _gate;

    public WritingTurn(ServerCall call)
    {
        if (call.MayEndEarly)
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
