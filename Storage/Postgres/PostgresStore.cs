using Microsoft.Extensions.Logging;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions;
using Snakepit.Storage.Archive;

namespace Snakepit.Storage.Postgres;

/// <summary>
/// Sessions in a schema of a PostgreSQL database, which any number of processes may use at once. The tables are
/// described in docs/storage-format.md.
/// </summary>
public sealed class PostgresStore : ISessionArchive
{
    private const int WriterLoops = 2;
    private const int ExpiriesPerTransaction = 1_000;

    private readonly PostgresDatabase _database;
    private readonly KnownSessions _known = new();
    private readonly SessionCount _count;
    private readonly AppendLoop[] _loops;
    private readonly SessionReads _sessions;
    private readonly LogReads _log;
    private readonly ListReads _lists;
    private readonly CheckpointWrites _checkpoints;
    private readonly Endings _endings;
    private readonly TrimPlans _trims;
    private readonly ArchiveWrites _archive;
    private int _closed;

    private PostgresStore(PostgresOptions options, PostgresDatabase database, SessionCount count, TimeProvider time, ILogger logger)
    {
        _database = database;
        _count = count;
        _sessions = new SessionReads(database);
        _log = new LogReads(database);
        _lists = new ListReads(database);
        _checkpoints = new CheckpointWrites(database);
        _endings = new Endings(database, options.Schema, count, logger);
        _trims = new TrimPlans(database);
        _archive = new ArchiveWrites(database, options.Schema, count);
        _loops = [.. Enumerable.Range(0, WriterLoops).Select(_ =>
            new AppendLoop(new AppendWriter(database, options.Schema, _known, count, time, logger)))];
    }

    /// <summary>
    /// The number of sessions stored, by any process: exact as far as this one has changed it, at most some
    /// seconds old for the rest, and an estimate above 100,000.
    /// </summary>
    public long Count => _count.Value;

    // A cluster's calculations are grains: Orleans keeps them, in a form of its own.
    ICalculationStore? ISessionArchive.Calculations => null;

    internal PostgresDatabase Database => _database;

    internal Endings Endings => _endings;

    /// <summary>Opens the store; creates its schema if need be, and migrates an older one.</summary>
    /// <exception cref="StoreException">The server cannot be used, or the schema is newer than this program.</exception>
    public static async Task<PostgresStore> OpenAsync(PostgresOptions options, ILogger logger, CancellationToken cancellation)
    {
        await PostgresDatabase.MigrateAsync(options, logger, cancellation).ConfigureAwait(false);
        var database = new PostgresDatabase(options);
        try
        {
            await WarnAsync(database, logger, cancellation).ConfigureAwait(false);
            var time = TimeProvider.System;
            var count = new SessionCount(database, time, logger);
            await count.CountAsync(cancellation).ConfigureAwait(false);
            var store = new PostgresStore(options, database, count, time, logger);
            store._endings.RemoveInBackground();
            return store;
        }
        catch
        {
            await database.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Ends when the server has answered: whether the store can be used at this moment.</summary>
    /// <exception cref="StoreException">It did not.</exception>
    public Task PingAsync(CancellationToken cancellation) => _database.ReadAsync(
        async connection =>
        {
            await connection.PingAsync(cancellation).ConfigureAwait(false);
            return true;
        },
        cancellation);

    /// <summary>What Orleans keeps of the calculator in the same schema.</summary>
    /// <param name="service">The service id of the Orleans cluster.</param>
    public PostgresCalculations Calculations(string service) => new(_database, service);

    public async ValueTask<StoredSession> LoadAsync(SessionKey key, CancellationToken cancellation)
    {
        var (stored, session) = await _sessions.LoadAsync(key, cancellation).ConfigureAwait(false);
        if (stored.Exists)
        {
            _known.Set(key, session);
        }

        return stored;
    }

    public ValueTask<AppendResult> AppendAsync(SessionKey key, Commit commit)
    {
        CommitShape.Verify(commit);
        var loop = _loops[(uint)key.GetHashCode() % WriterLoops];
        return new(loop.StoreAsync(key, new EncodedCommit(commit)));
    }

    public ValueTask CheckpointAsync(SessionKey key, Checkpoint checkpoint) =>
        new(_checkpoints.ApplyAsync(key, new EncodedCheckpoint(checkpoint)));

    public async ValueTask<AppendResult> DeleteAsync(
        SessionKey key, long lastCommit, long lastRevision, DateTimeOffset? expiredBy = null, DateTimeOffset? keepLogUntil = null)
    {
        var result = await _endings.EndAsync(key, lastCommit, lastRevision, expiredBy, keepLogUntil).ConfigureAwait(false);
        _known.Remove(key);
        return result;
    }

    public async ValueTask TouchAsync(IReadOnlyList<SessionExpiry> expiries)
    {
        foreach (var some in expiries.Chunk(ExpiriesPerTransaction))
        {
            await _checkpoints.TouchAsync(some).ConfigureAwait(false);
        }
    }

    public ValueTask<IReadOnlyList<LogEnd?>> ReadEndsAsync(IReadOnlyList<SessionKey> keys, CancellationToken cancellation) =>
        new(_lists.EndsAsync(keys, cancellation));

    public ValueTask<LogPage?> ReadLogAsync(SessionKey key, long afterRevision, int maxBytes, CancellationToken cancellation) =>
        new(_log.PageAsync(key, afterRevision, maxBytes, cancellation));

    public ValueTask<LogPage?> ReadEndedLogAsync(
        SessionKey key, DateTimeOffset createdAt, long afterRevision, int maxBytes, CancellationToken cancellation) =>
        new(_log.EndedPageAsync(key, createdAt, afterRevision, maxBytes, cancellation));

    public ValueTask PurgeEndedAsync(DateTimeOffset now) => new(_endings.PurgeAsync(now));

    public ValueTask<IReadOnlyList<StoredChange>> ReadChainAsync(
        SessionKey key, long newest, int limit, CancellationToken cancellation) =>
        new(_log.ChainAsync(key, newest, limit, cancellation));

    public ValueTask<IReadOnlyList<SessionKey>> ListExpiredAsync(DateTimeOffset now, int limit, CancellationToken cancellation) =>
        new(_lists.ExpiredAsync(now, limit, cancellation));

    public ValueTask<IReadOnlyList<StoredSummary>> ListAsync(
        string tenant, string afterId, int limit, CancellationToken cancellation) =>
        new(_lists.SessionsAsync(tenant, afterId, limit, cancellation));

    public ValueTask<LogExtent> MeasureLogAsync(SessionKey key, long maxBytes, CancellationToken cancellation) =>
        new(_trims.MeasureAsync(key, maxBytes, cancellation));

    public async ValueTask<TrimmedLog> TrimAsync(SessionKey key, Retention retention, CancellationToken cancellation) =>
        await _trims.MakeAsync(key, retention, cancellation).ConfigureAwait(false) is { } plan
            ? await new PostgresTrim(_database, plan, cancellation).RunAsync().ConfigureAwait(false)
            : default;

    public IAsyncEnumerable<ArchiveRecord> ExportAsync(CancellationToken cancellation) =>
        new ArchiveReads(_database).AllAsync(cancellation)
            .FailingAs(error => _database.Failures.Failure("read", error, outcomeUnknown: false), cancellation);

    public Task<IReadOnlyList<SessionImport>> ImportAsync(IEnumerable<ArchiveRecord> records, CancellationToken cancellation) =>
        _archive.ImportAsync(records, cancellation);

    public Task RaiseEndedRevisionAsync(string tenant, long revision) => _archive.RaiseAsync(tenant, revision);

    public Task<RaisedRevisions> RaiseRevisionsAsync(RevisionRaise raise) => RaiseWrites.RaiseAsync(_database, raise);

    /// <summary>Finishes the commits that were handed in, then closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 1)
        {
            return;
        }

        await _endings.CloseAsync().ConfigureAwait(false);
        foreach (var loop in _loops)
        {
            await loop.DisposeAsync().ConfigureAwait(false);
        }

        await _database.DisposeAsync().ConfigureAwait(false);
    }

    // What a server with these off has acknowledged is not certain to be on its disk, or whole.
    private static async Task WarnAsync(PostgresDatabase database, ILogger logger, CancellationToken cancellation)
    {
        var off = await database.ReadAsync(
            connection => connection.QueryAsync(
                Sql.Command("SELECT name FROM pg_settings WHERE name IN ('fsync', 'full_page_writes') AND setting = 'off'"),
                row => row.GetString(0),
                cancellation),
            cancellation).ConfigureAwait(false);
        off.ForEach(setting => logger.ServerIsNotDurable(database.Failures.ToString(), setting));
    }
}
