namespace Snakepit.Sidecar.Workers;

/// <summary>One call's place at a worker, until it is disposed of.</summary>
internal sealed class Turn(WorkerTurns turns, PoolWorker worker, string session) : IDisposable
{
    private bool _over;

    public PoolWorker Worker { get; } = worker;

    public void Dispose()
    {
        if (!_over)
        {
            _over = true;
            turns.Release(Worker, session);
        }
    }
}
