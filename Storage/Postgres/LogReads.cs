using Npgsql;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions;

namespace Snakepit.Storage.Postgres;

/// <summary>Reads sessions' logs.</summary>
internal sealed class LogReads(PostgresDatabase database)
{
    // Bound what the server looks at for a page; a commit that changes something has hardly fewer bytes.
    private const int LeastCommitBytes = 64;
    private const int MaxRowsPerPage = 8_192;

    private const string AfterRevision = "last_revision > $3 AND first_revision <= last_revision";

    private static readonly string StoredPageSql = LogRow.PageSql(SessionRow.KeySql, AfterRevision, "$4", "$5");
    private static readonly string EndedPageSql = LogRow.PageSql(LogBounds.EndedKeySql, AfterRevision, "$4", "$5");

    public Task<LogPage?> PageAsync(SessionKey key, long afterRevision, int maxBytes, CancellationToken cancellation) => PageAsync(
        () =>
        [
            Sql.Command(LogBounds.OfStoredSql, Sql.Name(key.Tenant), Sql.Name(key.SessionId)),
            Sql.Command(StoredPageSql, PageOf(key, afterRevision, maxBytes)),
        ],
        maxBytes,
        cancellation);

    /// <summary>Of a session that has ended; null where its log is not kept, or no longer.</summary>
    public Task<LogPage?> EndedPageAsync(
        SessionKey key, DateTimeOffset createdAt, long afterRevision, int maxBytes, CancellationToken cancellation)
    {
        var madeAt = UnixTime.ToMicroseconds(createdAt);
        return PageAsync(
            () =>
            [
                Sql.Command(LogBounds.OfEndedSql, Sql.Name(key.Tenant), Sql.Name(key.SessionId), Sql.Value(madeAt)),
                Sql.Command(EndedPageSql, [.. PageOf(key, afterRevision, maxBytes), Sql.Value(madeAt)]),
            ],
            maxBytes,
            cancellation);
    }

    public Task<IReadOnlyList<StoredChange>> ChainAsync(SessionKey key, long newest, int limit, CancellationToken cancellation) =>
        database.ReadAsync(
            connection => connection.HoldAsync(() => ChainAsync(connection, key, newest, limit, cancellation), cancellation),
            cancellation);

    private static NpgsqlParameter[] PageOf(SessionKey key, long afterRevision, int maxBytes) =>
    [
        Sql.Name(key.Tenant),
        Sql.Name(key.SessionId),
        Sql.Value(afterRevision),
        Sql.Value(Math.Clamp((maxBytes / LeastCommitBytes) + 1, 16, MaxRowsPerPage)),
        Sql.Value((long)maxBytes),
    ];

    // Of the questions the first is for the log's bounds, the second for its rows.
    private Task<LogPage?> PageAsync(
        Func<IEnumerable<NpgsqlBatchCommand>> questions, int maxBytes, CancellationToken cancellation) =>
        database.ReadAsync(connection => PageAsync(connection, questions(), maxBytes, cancellation), cancellation);

    private static async Task<LogPage?> PageAsync(
        NpgsqlConnection connection, IEnumerable<NpgsqlBatchCommand> questions, int maxBytes, CancellationToken cancellation)
    {
        var (log, found) = await connection.AskAsync(
            questions,
            async rows => (
                (await rows.ReadAllAsync(LogBounds.Read, cancellation).ConfigureAwait(false)).SingleOrDefault(),
                await rows.NextAsync(LogRow.Read, cancellation).ConfigureAwait(false)),
            cancellation).ConfigureAwait(false);
        if (log is null)
        {
            return null;
        }

        var wanted = found.SelectMany(commit => commit.LargeValues).ToHashSet();
        if (wanted.Count > 0)
        {
            var lengths = await LargeValues.ReadLengthsAsync(connection, log.Session, wanted, cancellation).ConfigureAwait(false);
            found = Fitting(found, lengths, maxBytes);
            wanted = found.SelectMany(commit => commit.LargeValues).ToHashSet();
        }

        var large = await LargeValues.ReadAsync(connection, log.Session, wanted, cancellation).ConfigureAwait(false);
        return new LogPage(log.CreatedAt, log.Floor, log.Revision, [.. found.Select(commit => commit.With(large))]);
    }

    /// <summary>The commits that fit with their large values, each counted once; those of the last may go beyond.</summary>
    private static List<LogRow> Fitting(List<LogRow> commits, Dictionary<long, long> lengths, int maxBytes)
    {
        var fitting = new List<LogRow>();
        var bytes = 0L;
        foreach (var commit in commits)
        {
            bytes += commit.Bytes;
            if (fitting.Count > 0 && bytes > maxBytes)
            {
                break;
            }

            fitting.Add(commit);
            foreach (var revision in commit.LargeValues)
            {
                bytes += lengths.Remove(revision, out var length) ? length : 0;
            }
        }

        return fitting;
    }

    private static async Task<IReadOnlyList<StoredChange>> ChainAsync(
        NpgsqlConnection connection, SessionKey key, long newest, int limit, CancellationToken cancellation)
    {
        var found = await connection.QueryAsync(SessionRow.Find(key), SessionRow.Read, cancellation).ConfigureAwait(false);
        if (found is not [{ Session: var session }])
        {
            return [];
        }

        var changes = new List<ChangeRecord>();
        for (var revision = newest; revision > 0 && changes.Count < limit;)
        {
            if (await FindChangeAsync(connection, session, revision, cancellation).ConfigureAwait(false) is not { } change)
            {
                break;
            }

            changes.Add(change);
            revision = change.Previous;
        }

        var wanted = changes.Select(change => change.LargeValue).Where(revision => revision != 0).ToHashSet();
        var large = await LargeValues.ReadAsync(connection, session, wanted, cancellation).ConfigureAwait(false);
        return [.. changes.Select(change => new StoredChange(change, change.LargeValue == 0 ? null : large[change.LargeValue]))];
    }

    // Where the commit is gone, the first row at or after the revision is another's.
    private static async Task<ChangeRecord?> FindChangeAsync(
        NpgsqlConnection connection, long session, long revision, CancellationToken cancellation)
    {
        var found = await connection.QueryAsync(
            Sql.Command(
                "SELECT first_revision, body FROM log WHERE session = $1 AND last_revision >= $2 ORDER BY last_revision, number LIMIT 1",
                Sql.Value(session),
                Sql.Value(revision)),
            rows => (First: rows.GetInt64(0), Body: rows.Blob(1)),
            cancellation).ConfigureAwait(false);
        return found is [var (first, body)] && first <= revision
            ? CommitRecord.Parser.ParseFrom(body).Changes[(int)(revision - first)]
            : null;
    }
}
