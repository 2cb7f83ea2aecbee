namespace Snakepit.Storage.Sqlite;

/// <summary>Operations that wait for the writer. Any thread adds, the writer's alone takes.</summary>
internal sealed class WriteQueue : IDisposable
{
    // Bound how long the first operation of a transaction waits for the last.
    private const int MaxOperations = 1_000;
    private const long MaxWeight = 16 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly AutoResetEvent _arrived = new(false);
    private readonly Queue<IWriteOperation> _waiting = [];
    private bool _closed;

    /// <summary>False once the queue is closed.</summary>
    public bool TryAdd(IWriteOperation operation)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return false;
            }

            _waiting.Enqueue(operation);
            if (_waiting.Count == 1)
            {
                _arrived.Set();
            }

            return true;
        }
    }

    /// <summary>Waits for operations and takes what fits into one transaction. False when closed and empty.</summary>
    public bool Take(List<IWriteOperation> batch)
    {
        while (true)
        {
            lock (_gate)
            {
                var weight = 0L;
                while (batch.Count < MaxOperations && weight < MaxWeight && _waiting.TryDequeue(out var operation))
                {
                    batch.Add(operation);
                    weight += operation.Weight;
                }

                if (batch.Count > 0 || _closed)
                {
                    return batch.Count > 0;
                }
            }

            _arrived.WaitOne();
        }
    }

    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            _arrived.Set();
        }
    }

    public void Dispose() => _arrived.Dispose();
}
