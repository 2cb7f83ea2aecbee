using Snakepit.Protocol.Storing;
using Snakepit.Sessions;
using Snakepit.Storage.Archive;

namespace Snakepit.Storage.Sqlite;

/// <summary>
/// Sessions and calculations in one SQLite file, <c>snakepit.db</c> in a data folder that only this process
/// uses; the bytes of large values are in a file beside it. Its format is described in docs/storage-format.md.
/// </summary>
public sealed class SqliteStore : ISessionArchive
{
    private const int ReaderThreads = 4;
    private const int ExpiriesPerTransaction = 1_000;

    private readonly DataFolder _folder;
    private readonly SqliteFile _file;
    private readonly SqliteWriter _writer;
    private readonly SqliteReaders _readers;

    // Trims read for long; on a thread of their own they keep no one waiting.
    private readonly SqliteReaders _trimmers;

    // How many sessions have ended since what they left was last seen to be gone.
    private int _ended;
    private volatile bool _closed;

    private SqliteStore(DataFolder folder, SqliteFile file, LogTail tail)
    {
        _folder = folder;
        _file = file;
        _writer = new SqliteWriter(file, tail);
        _readers = new SqliteReaders(file, tail, ReaderThreads, "reader");
        _trimmers = new SqliteReaders(file, tail, mostThreads: 1, "trimmer");
        Calculations = new SqliteCalculations(_writer, _readers);
    }

    /// <summary>The calculator's part of the file.</summary>
    public ICalculationStore Calculations { get; }

    public long Count => _writer.Counts.Sessions;

    /// <summary>Bytes on the disk, of the database, of its write-ahead log and of its large values.</summary>
    public long Length => _file.Length;

    /// <summary>Bytes that this user may still write to its disk.</summary>
    public long FreeSpace => new DriveInfo(_folder.Path).AvailableFreeSpace;

    /// <summary>How often a read or write has failed since it was opened.</summary>
    public long Failures => _file.Failures;

    /// <summary>For how long it has been at the present transaction; zero = at none.</summary>
    public TimeSpan Writing => _writer.Writing;

    internal SqliteWriter Writer => _writer;

    /// <summary>What ended sessions had left behind when it was opened has been removed.</summary>
    internal Task Tidied { get; private set; } = Task.CompletedTask;

    /// <summary>Loads SQLite and the code that opens a store, so that one opens sooner. For any thread, beside others that open stores.</summary>
    public static void Preload() => SqliteFile.CreateInMemory(SqliteSchema.Steps);

    /// <summary>Opens the store in a data folder; creates both if need be, and migrates an older format.</summary>
    /// <exception cref="StoreException">
    /// The folder is in use by another process, or it or the file cannot be used; nothing was changed.
    /// </exception>
    public static SqliteStore Open(string folder) => Open(folder, SqliteSchema.Steps);

    internal static SqliteStore Open(string folder, IReadOnlyList<string> steps, int tailGeneration = LogTail.Generation)
    {
        var taken = DataFolder.Take(folder);
        try
        {
            var file = SqliteFile.Prepare(taken, steps);
            var store = file.Try("open", () => new SqliteStore(taken, file, new LogTail(tailGeneration)));
            store.Tidied = Task.Run(store.RemoveEndedAsync);
            return store;
        }
        catch
        {
            taken.Dispose();
            throw;
        }
    }

    /// <summary>Writes as a commit does, but changes nothing. To be asked after a failure: it costs a flush of the disk.</summary>
    /// <exception cref="StoreException">Nothing can be written, and why.</exception>
    public Task ProbeAsync() => _writer.RunAsync(static writes => writes.Probe());

    public ValueTask<StoredSession> LoadAsync(SessionKey key, CancellationToken cancellation) =>
        new(_readers.RunAsync(reads => Load(reads, key), cancellation));

    public async ValueTask<AppendResult> AppendAsync(SessionKey key, Commit commit)
    {
        CommitShape.Verify(commit);
        using var encoded = new RentedCommit(commit);
        return await _writer.RunAsync(writes => writes.Sessions.Append(key, encoded), encoded.Weight).ConfigureAwait(false);
    }

    public ValueTask CheckpointAsync(SessionKey key, Checkpoint checkpoint)
    {
        var encoded = new EncodedCheckpoint(checkpoint);
        return new(_writer.RunAsync(writes => writes.Checkpoints.Apply(key, encoded), encoded.Weight));
    }

    public async ValueTask<AppendResult> DeleteAsync(
        SessionKey key, long lastCommit, long lastRevision, DateTimeOffset? expiredBy = null, DateTimeOffset? keepLogUntil = null)
    {
        var result = await _writer.RunAsync(
            writes => writes.Sessions.Delete(key, lastCommit, lastRevision, expiredBy, keepLogUntil));
        _ = RemoveEndedAsync();
        return result;
    }

    public async ValueTask TouchAsync(IReadOnlyList<SessionExpiry> expiries)
    {
        foreach (var some in expiries.Chunk(ExpiriesPerTransaction))
        {
            await _writer.RunAsync(writes => writes.Sessions.Touch(some));
        }
    }

    public ValueTask<IReadOnlyList<LogEnd?>> ReadEndsAsync(IReadOnlyList<SessionKey> keys, CancellationToken cancellation) =>
        new(_readers.RunAsync<IReadOnlyList<LogEnd?>>(
            reads => [.. reads.Find(keys).Select(found => found is null ? null : reads.Log.End(found))],
            cancellation));

    public ValueTask<LogPage?> ReadLogAsync(SessionKey key, long afterRevision, int maxBytes, CancellationToken cancellation) =>
        new(_readers.RunAsync(
            reads => reads.Find(key) is { } found
                ? new LogPage(
                    found.Row.Header.CreatedAt.ToDateTimeOffset(),
                    found.Row.Floor,
                    reads.Log.End(found).Revision,
                    reads.Log.Page(found.Log, afterRevision, maxBytes))
                : null,
            cancellation));

    public ValueTask<LogPage?> ReadEndedLogAsync(
        SessionKey key, DateTimeOffset createdAt, long afterRevision, int maxBytes, CancellationToken cancellation) =>
        new(_readers.RunAsync(reads => ReadEndedLog(reads, key, createdAt, afterRevision, maxBytes), cancellation));

    public async ValueTask PurgeEndedAsync(DateTimeOffset now)
    {
        if (_writer.Kept.AreAnyDue(now))
        {
            await _writer.RunAsync(writes => writes.Ended.ReleaseDue(now));
            _ = RemoveEndedAsync();
        }
    }

    public ValueTask<IReadOnlyList<StoredChange>> ReadChainAsync(
        SessionKey key,
        long newest,
        int limit,
        CancellationToken cancellation) =>
        new(_readers.RunAsync<IReadOnlyList<StoredChange>>(
            reads => reads.Find(key) is { } found ? reads.Log.Chain(found.Log, newest, limit) : [],
            cancellation));

    public ValueTask<IReadOnlyList<SessionKey>> ListExpiredAsync(DateTimeOffset now, int limit, CancellationToken cancellation) =>
        new(_readers.RunAsync(reads => reads.Lists.Expired(now, limit), cancellation));

    public ValueTask<IReadOnlyList<StoredSummary>> ListAsync(
        string tenant,
        string afterId,
        int limit,
        CancellationToken cancellation) =>
        new(_readers.RunAsync(reads => reads.Lists.Sessions(tenant, afterId, limit), cancellation));

    public async ValueTask<LogExtent> MeasureLogAsync(SessionKey key, long maxBytes, CancellationToken cancellation)
    {
        await _writer.RunAsync(writes => writes.Log.Enter(key));
        return await _trimmers.RunAsync(
            reads => reads.Find(key) is { } found ? reads.Trimming.Extent(found.Row, maxBytes) : default, cancellation);
    }

    public async ValueTask<TrimmedLog> TrimAsync(SessionKey key, Retention retention, CancellationToken cancellation)
    {
        await _writer.RunAsync(writes => writes.Log.Enter(key));
        var plan = await _trimmers.RunAsync(
            reads => reads.Find(key) is { } found ? reads.Trimming.Plan(found.Row, retention, reads.Rows) : null, cancellation);
        return plan is null ? default : await new SqliteTrim(_trimmers, _writer, key, plan, cancellation).RunAsync();
    }

    public IAsyncEnumerable<ArchiveRecord> ExportAsync(CancellationToken cancellation) =>
        ArchiveReads.AllAsync(_file, cancellation)
            .FailingAs(error => _file.Failure("read", error, outcomeUnknown: false), cancellation);

    public async Task<IReadOnlyList<SessionImport>> ImportAsync(IEnumerable<ArchiveRecord> records, CancellationToken cancellation) =>
        await _writer.RunAsync(writes =>
        {
            cancellation.ThrowIfCancellationRequested();
            return ArchiveWrites.Import(writes, records);
        });

    public Task RaiseEndedRevisionAsync(string tenant, long revision) =>
        _writer.RunAsync(writes => writes.Sessions.RememberEnded(tenant, revision));

    public Task<RaisedRevisions> RaiseRevisionsAsync(RevisionRaise raise) =>
        _writer.RunAsync(writes => RaiseWrites.Raise(writes, raise));

    /// <summary>Finishes what was asked, then closes the file and gives the folder free.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_closed)
        {
            return;
        }

        _closed = true;
        await _readers.DisposeAsync();
        await _trimmers.DisposeAsync();
        await _writer.DisposeAsync();
        _folder.Dispose();
    }

    private LogPage? ReadEndedLog(SqliteReads reads, SessionKey key, DateTimeOffset createdAt, long afterRevision, int maxBytes)
    {
        if (_writer.Kept.Find(key, createdAt) is not { } log)
        {
            return null;
        }

        var page = new LogPage(createdAt, log.Floor, log.Revision, reads.Log.Page(reads.FindEnded(key, log.Session), afterRevision, maxBytes));

        // Where it was let go of meanwhile, a part of it may be missing.
        return ReferenceEquals(_writer.Kept.Find(key, createdAt), log) ? page : null;
    }

    private static StoredSession Load(SqliteReads reads, SessionKey key)
    {
        if (reads.Find(key) is not { } found)
        {
            return new StoredSession(false, 0, reads.Rows.EndedRevision(key.Tenant), 0, default, null, null, [], [], []);
        }

        var row = found.Row;
        var large = reads.Log.LargeValues(row.Session);
        var variables = new List<StoredVariable>();
        reads.Rows.ForEachVariable(
            row.Session,
            record => variables.Add(new StoredVariable(record, large.Find(record.LargeValue))));
        return new StoredSession(
            Exists: true,
            row.CommitNumber,
            row.Revision,
            row.Floor,
            row.ExpiresAt,
            row.Header,
            reads.Rows.Tools(row.Session),
            variables,
            reads.Rows.Requests(row.Session),
            reads.Log.AfterCheckpoint(found, large));
    }

    /// <summary>
    /// Removes what ended sessions have left behind, in the background and in small pieces. Called after each
    /// end of a session; a call while another is at work only makes that one look once more.
    /// </summary>
    private async Task RemoveEndedAsync()
    {
        if (Interlocked.Increment(ref _ended) != 1)
        {
            return;
        }

        try
        {
            int seen;
            do
            {
                seen = Volatile.Read(ref _ended);
                while (!_closed && await _writer.RunAsync(writes => writes.Removals.RemoveEnded()))
                {
                }
            }
            while (Interlocked.CompareExchange(ref _ended, 0, seen) != seen);
        }
        catch (StoreException)
        {
            // What is left is found again when the next session ends, or at the next start.
            Volatile.Write(ref _ended, 0);
        }
    }
}
