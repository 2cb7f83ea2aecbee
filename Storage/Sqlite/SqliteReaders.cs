
namespace Snakepit.Storage.Sqlite;

/// <summary>
/// A few threads that read, each with a connection of its own. Reading may wait for the disk; on threads of
/// the pool, many sessions that are loaded at once would keep everything else from running.
/// </summary>
internal sealed class SqliteReaders : IAsyncDisposable
{
    private readonly SqliteFile _file;
    private readonly LogTail _tail;
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _arrived = new(0);
    private readonly Queue<IReading> _waiting = [];
    private readonly Task _ended;
    private bool _closed;

    public SqliteReaders(SqliteFile file, LogTail tail, int threads, string name)
    {
        _file = file;
        _tail = tail;
        var ended = new Task[threads];
        for (var n = 0; n < threads; n++)
        {
            ended[n] = Start($"snakepit store {name} {n + 1}");
        }

        _ended = Task.WhenAll(ended);
    }

    private interface IReading
    {
        void Run(SqliteReads reads, SqliteFile file);

        void Fail(Exception error);
    }

    /// <summary>Runs <paramref name="read"/> within a transaction: it sees all that was durable when it began, and nothing newer.</summary>
    /// <exception cref="StoreException">By way of the task.</exception>
    public Task<T> RunAsync<T>(Func<SqliteReads, T> read, CancellationToken cancellation)
    {
        var reading = new Reading<T>(read, cancellation);
        lock (_gate)
        {
            if (_closed)
            {
                reading.Fail(new StoreException($"Cannot read {_file}: the store is closed", outcomeUnknown: false));
                return reading.Task;
            }

            _waiting.Enqueue(reading);
        }

        _arrived.Release();
        return reading.Task;
    }

    /// <summary>Finishes what is waiting and closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _closed = true;
        }

        _arrived.Release();
        await _ended;
        _arrived.Dispose();
    }

    private Task Start(string name)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            Work();
            ended.SetResult();
        })
        {
            IsBackground = true,
            Name = name,
        }.Start();
        return ended.Task;
    }

    private void Work()
    {
        SqliteReads? reads = null;
        while (Take() is { } reading)
        {
            try
            {
                reads ??= new SqliteReads(_file.OpenReader(), _file.Values, _tail);
            }
            catch (Exception error) when (Database.CodeOf(error) is not null)
            {
                reading.Fail(_file.Failure("read", error, outcomeUnknown: false));
                continue;
            }

            reading.Run(reads, _file);
        }

        reads?.Dispose();
    }

    /// <summary>Waits for a reading. Null when there are none left and none will come.</summary>
    private IReading? Take()
    {
        _arrived.Wait();
        lock (_gate)
        {
            if (_waiting.TryDequeue(out var reading))
            {
                return reading;
            }
        }

        // Closed: the next thread shall see it too.
        _arrived.Release();
        return null;
    }

    private sealed class Reading<T>(Func<SqliteReads, T> read, CancellationToken cancellation)
        : TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously), IReading
    {
        public void Run(SqliteReads reads, SqliteFile file)
        {
            if (cancellation.IsCancellationRequested)
            {
                SetCanceled(cancellation);
                return;
            }

            try
            {
                SetResult(reads.InSnapshot(read));
            }
            catch (Exception error)
            {
                Fail(error as StoreException ?? file.Failure("read", error, outcomeUnknown: false));
            }
        }

        public void Fail(Exception error) => SetException(error);
    }
}
