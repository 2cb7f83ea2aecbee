
namespace Snakepit.Storage.Sqlite;

/// <summary>
/// A few threads that read, each with a connection of its own, begun as they are needed. Reading may wait for the disk; on
/// threads of the pool, many sessions that are loaded at once would keep everything else from running.
/// </summary>
internal sealed class SqliteReaders : IAsyncDisposable
{
    private readonly SqliteFile _file;
    private readonly LogTail _tail;
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _arrived = new(0);
    private readonly Queue<IReading> _waiting = [];
    private readonly int _mostThreads;
    private readonly string _name;
    private readonly Action<Thread> _start;

    // Each ends with its thread.
    private readonly List<Task> _threads = [];
    private int _idleThreads;
    private bool _closed;

    /// <param name="file">What is read.</param>
    /// <param name="tail">The end of its log.</param>
    /// <param name="mostThreads">How many read at once.</param>
    /// <param name="name">Of the threads.</param>
    /// <param name="start">Starts one; throws where the system has none to give. Null = as threads are started.</param>
    public SqliteReaders(SqliteFile file, LogTail tail, int mostThreads, string name, Action<Thread>? start = null) =>
        (_file, _tail, _mostThreads, _name, _start) = (file, tail, mostThreads, name, start ?? (static thread => thread.Start()));

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

            if (_waiting.Count >= _idleThreads && _threads.Count < _mostThreads)
            {
                try
                {
                    _threads.Add(Start($"snakepit store {_name} {_threads.Count + 1}"));
                    _idleThreads++;
                }
                catch (Exception error) when (error is OutOfMemoryException or ThreadStartException)
                {
                    // Where there are some, it waits for one of them.
                    if (_threads is [])
                    {
                        reading.Fail(_file.Failure("read", error, outcomeUnknown: false));
                        return reading.Task;
                    }
                }
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

        // No thread is added any more.
        await Task.WhenAll(_threads);
        _arrived.Dispose();
    }

    private Task Start(string name)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _start(new Thread(() =>
        {
            Work();
            ended.SetResult();
        })
        {
            IsBackground = true,
            Name = name,
        });
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
            }

            if (reads is not null)
            {
                reading.Run(reads, _file);
            }

            lock (_gate)
            {
                _idleThreads++;
            }
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
                _idleThreads--;
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
