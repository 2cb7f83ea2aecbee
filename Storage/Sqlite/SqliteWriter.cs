using System.Diagnostics;
using SQLitePCL;

namespace Snakepit.Storage.Sqlite;

/// <summary>
/// The one thread that writes. Whatever operations of all sessions have gathered go into one transaction,
/// hence one flush of the disk; what arrives meanwhile makes the next.
/// </summary>
internal sealed class SqliteWriter : IAsyncDisposable
{
    private readonly SqliteFile _file;
    private readonly Database _connection;
    private readonly SqliteWrites _writes;
    private readonly WriteAheadLog _log;
    private readonly Statement _begin;
    private readonly Statement _commit;
    private readonly Statement _rollback;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly WriteQueue _queue = new();

    // When the transaction at work began; 0 = none is. Written by the writer's thread.
    private long _begun;

    /// <exception cref="StoreException">The file cannot be written.</exception>
    public SqliteWriter(SqliteFile file, LogTail tail)
    {
        _file = file;
        _connection = file.OpenWriter();
        try
        {
            _begin = new Statement(_connection, "BEGIN IMMEDIATE");
            _commit = new Statement(_connection, "COMMIT");
            _rollback = new Statement(_connection, "ROLLBACK");
            _writes = new SqliteWrites(_connection, file.Values, tail);
        }
        catch
        {
            _connection.Dispose();
            throw;
        }

        try
        {
            // Of a process that has died.
            EnterAll().GetAwaiter().GetResult();
            _log = new WriteAheadLog(file, _connection, _writes.Large);
        }
        catch
        {
            CloseConnection();
            throw;
        }

        new Thread(Work) { IsBackground = true, Name = "snakepit store writer" }.Start();
    }

    /// <summary>Sessions and calculations as of the last transaction.</summary>
    public Counts Counts => _writes.Counts;

    /// <summary>The logs of ended sessions that are kept, for any thread.</summary>
    public KeptLogs<KeptLog> Kept => _writes.Ended.Kept;

    /// <summary>For how long it has been at the present transaction; zero = it waits for work.</summary>
    public TimeSpan Writing => Volatile.Read(ref _begun) is not 0 and var begun ? Stopwatch.GetElapsedTime(begun) : TimeSpan.Zero;

    /// <summary>Runs <paramref name="work"/> on the writer's thread; ends when its effect is durable.</summary>
    /// <exception cref="StoreException">By way of the task: nothing was written, or it is not known.</exception>
    public Task<T> RunAsync<T>(Func<SqliteWrites, T> work, long weight = 0)
    {
        var operation = new WriteOperation<T>(work, weight);
        if (!_queue.TryAdd(operation))
        {
            operation.Fail(new StoreException($"Cannot write {_file}: the store is closed", outcomeUnknown: false));
        }

        return operation.Task;
    }

    /// <inheritdoc cref="RunAsync{T}"/>
    public Task RunAsync(Action<SqliteWrites> work, long weight = 0) => RunAsync(
        writes =>
        {
            work(writes);
            return true;
        },
        weight);

    /// <summary>Refuses what comes from now on, finishes what is waiting, and closes the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Close();
        await _ended.Task;
    }

    private void Work()
    {
        var batch = new List<IWriteOperation>();
        while (_queue.Take(batch))
        {
            Volatile.Write(ref _begun, Stopwatch.GetTimestamp());
            Write(batch);
            batch.Clear();
            _log.AfterTransaction();
            Volatile.Write(ref _begun, 0);
        }

        // What fails here the next start does.
        _ = EnterAll().Exception;
        _log.Dispose();
        CloseConnection();
        _ended.SetResult();
    }

    private void CloseConnection()
    {
        _writes.Dispose();
        _begin.Dispose();
        _commit.Dispose();
        _rollback.Dispose();
        _connection.Dispose();
        _queue.Dispose();
    }

    /// <summary>Has the index of the log be whole.</summary>
    private Task<bool> EnterAll()
    {
        if (!_writes.Log.HasUnnoted)
        {
            return Task.FromResult(true);
        }

        var entering = new WriteOperation<bool>(
            static writes =>
            {
                writes.Log.EnterAll();
                return true;
            },
            weight: 0);
        Write([entering]);
        return entering.Task;
    }

    private void Write(List<IWriteOperation> batch)
    {
        while (batch.Count > 0)
        {
            var at = 0;
            try
            {
                EndTransaction();
                _begin.Run();
                for (; at < batch.Count; at++)
                {
                    batch[at].Apply(_writes);
                }

                _writes.BeforeCommit();
            }
            catch (Exception error)
            {
                EndTransaction();
                _writes.AfterRollback(isKnown: true);
                var failure = _file.Failure("write", error, outcomeUnknown: false);
                if (at < batch.Count && IsOfOneOperation(error))
                {
                    batch[at].Fail(failure);
                    batch.RemoveAt(at);
                    continue;
                }

                Fail(batch, failure);
                return;
            }

            Commit(batch);
            return;
        }
    }

    private void Commit(List<IWriteOperation> batch)
    {
        try
        {
            _commit.Run();
        }
        catch (Exception error) when (Database.CodeOf(error) is not null)
        {
            // A full disk refuses the frame that would end the transaction. After any other failure that
            // frame may be on the disk and come to life when the log is recovered.
            var isKnown = EndTransaction() && Database.CodeOf(error) == raw.SQLITE_FULL;
            _writes.AfterRollback(isKnown);
            Fail(batch, _file.Failure("write", error, outcomeUnknown: !isKnown));
            return;
        }

        _writes.AfterCommit();
        foreach (var operation in batch)
        {
            operation.Complete();
        }
    }

    /// <summary>Rolls back what is open. False if that failed; it is then tried again before the next transaction.</summary>
    private bool EndTransaction()
    {
        if (raw.sqlite3_get_autocommit(_connection.Handle) != 0)
        {
            return true;
        }

        try
        {
            _rollback.Run();
            return true;
        }
        catch (Exception error) when (Database.CodeOf(error) is not null)
        {
            return raw.sqlite3_get_autocommit(_connection.Handle) != 0;
        }
    }

    private static void Fail(List<IWriteOperation> batch, StoreException error)
    {
        foreach (var operation in batch)
        {
            operation.Fail(error);
        }
    }

    /// <summary>True if the error lies in what was asked, so that the others' operations can succeed without it.</summary>
    private static bool IsOfOneOperation(Exception error) =>
        Database.CodeOf(error) is null or raw.SQLITE_TOOBIG or raw.SQLITE_CONSTRAINT or raw.SQLITE_MISMATCH or raw.SQLITE_RANGE;
}
