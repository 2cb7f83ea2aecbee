using Microsoft.Extensions.Logging;
using Npgsql;
using Snakepit.Sessions;

namespace Snakepit.Storage.Postgres;

/// <summary>Ends sessions, and removes in the background what they leave behind.</summary>
internal sealed class Endings(PostgresDatabase database, string schema, SessionCount count, ILogger logger)
{
    private const int SessionsPerSlice = 100;
    private const int PurgedAtOnce = 10_000;
    private const int RowsPerSlice = 1_000;
    private const int ChunksPerSlice = 16;

    // The row is locked before anything is removed: its expiry may be put off at this moment.
    private const string End =
        "WITH named AS (SELECT key FROM sessions WHERE tenant = $1 AND id = $2 AND expires_at <= $5 FOR UPDATE), " +
        "head AS (DELETE FROM heads USING named WHERE heads.session = named.key " +
        "AND heads.number = $3 AND heads.revision = $4 RETURNING heads.session, heads.revision), " +
        "gone AS (DELETE FROM sessions USING head WHERE sessions.key = head.session " +
        "RETURNING head.session, sessions.created_at, sessions.floor, head.revision), " +
        "leftover AS (INSERT INTO ended(session) SELECT session FROM gone WHERE $6 = 0), " +
        "kept AS (INSERT INTO kept_logs(session, tenant, id, created_at, floor, revision, until) " +
        "SELECT session, $1, $2, created_at, floor, revision, $6 FROM gone WHERE $6 > 0), " +
        "remembered AS (INSERT INTO tenants(tenant, ended_revision) SELECT $1, revision FROM head " +
        "ON CONFLICT (tenant) DO UPDATE SET ended_revision = greatest(tenants.ended_revision, excluded.ended_revision)) " +
        "SELECT session FROM head";

    private const string Purge =
        "WITH due AS (DELETE FROM kept_logs WHERE session IN " +
        "(SELECT session FROM kept_logs WHERE until <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED) RETURNING session), " +
        "leftover AS (INSERT INTO ended(session) SELECT session FROM due) SELECT count(*) FROM due";

    // Two processes may do this at once: each takes sessions of its own.
    private const string TakeEnded = "SELECT session FROM ended LIMIT $1 FOR UPDATE SKIP LOCKED";

    private static readonly (string Table, int Limit)[] Owned =
        [("large_values", ChunksPerSlice), ("log", RowsPerSlice), ("variables", RowsPerSlice), ("requests", RowsPerSlice)];

    // How many sessions have ended since what they left was last seen to be gone.
    private int _ended;
    private Task _removal = Task.CompletedTask;
    private volatile bool _closed;

    public async Task<AppendResult> EndAsync(
        SessionKey key, long lastCommit, long lastRevision, DateTimeOffset? expiredBy, DateTimeOffset? keepLogUntil)
    {
        using var change = count.Change();
        var (ended, exists) = await database
            .WriteOnceAsync(connection => EndAsync(connection, key, lastCommit, lastRevision, expiredBy, keepLogUntil))
            .ConfigureAwait(false);
        if (ended)
        {
            change.Add(-1);
            RemoveInBackground();
        }

        return ended || (!exists && lastCommit == 0) ? AppendResult.Stored : AppendResult.Fenced;
    }

    /// <summary>What was kept until then or earlier is removed like the rest.</summary>
    public async Task PurgeAsync(DateTimeOffset now)
    {
        var purged = await database.WriteAsync(connection => connection.QueryAsync(
            Sql.Command(Purge, Sql.Value(UnixTime.ToMicroseconds(now)), Sql.Value(PurgedAtOnce)),
            row => row.GetInt64(0))).ConfigureAwait(false);
        if (purged[0] > 0)
        {
            RemoveInBackground();
        }
    }

    /// <summary>
    /// Called at the start and after each end of a session; a call while another is at work only makes that one
    /// look once more.
    /// </summary>
    public void RemoveInBackground()
    {
        if (Interlocked.Increment(ref _ended) == 1)
        {
            _removal = RemoveAsync();
        }
    }

    /// <summary>Ends with the slice at hand.</summary>
    public Task CloseAsync()
    {
        _closed = true;
        return _removal;
    }

    /// <summary>Removes some of what ended sessions have left behind. False when nothing is left to this process.</summary>
    public async Task<bool> RemoveSliceAsync(NpgsqlConnection connection)
    {
        await using var transaction = await connection.BeginTransactionAsync().ConfigureAwait(false);
        var sessions = (await connection.QueryAsync(
            Sql.Command(TakeEnded, Sql.Value(SessionsPerSlice)), row => row.GetInt64(0)).ConfigureAwait(false)).ToArray();
        if (sessions.Length == 0)
        {
            return false;
        }

        var isClean = true;
        foreach (var (table, limit) in Owned)
        {
            var removed = await connection.QueryAsync(
                Sql.Command(
                    $"WITH gone AS (DELETE FROM {table} WHERE ctid = ANY (ARRAY(SELECT owned.ctid FROM unnest($1::bigint[]) AS ended(session) " +
                    $"JOIN {table} owned ON owned.session = ended.session LIMIT $2)) RETURNING 1) SELECT count(*) FROM gone",
                    Sql.Value(sessions),
                    Sql.Value(limit)),
                row => row.GetInt64(0)).ConfigureAwait(false);
            isClean &= removed[0] < limit;
        }

        if (isClean)
        {
            await connection.RunAsync(Sql.Command("DELETE FROM ended WHERE session = ANY ($1)", Sql.Value(sessions))).ConfigureAwait(false);
        }

        await transaction.CommitAsync().ConfigureAwait(false);
        return true;
    }

    private async Task<(bool Ended, bool Exists)> EndAsync(
        NpgsqlConnection connection,
        SessionKey key,
        long lastCommit,
        long lastRevision,
        DateTimeOffset? expiredBy,
        DateTimeOffset? keepLogUntil)
    {
        var keptUntil = keepLogUntil is { } until ? UnixTime.ToMicroseconds(until) : 0;
        var latestExpiry = expiredBy is { } time ? UnixTime.ToMicroseconds(time) : long.MaxValue;
        var (tenant, id) = (Sql.Bytes(key.Tenant), Sql.Bytes(key.SessionId));
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Sql.Command("SELECT pg_advisory_xact_lock($1)", Sql.Value(AdvisoryLocks.Tenant(schema, key.Tenant))),
                Sql.Command(
                    End,
                    Sql.Value(tenant),
                    Sql.Value(id),
                    Sql.Value(lastCommit),
                    Sql.Value(lastRevision),
                    Sql.Value(latestExpiry),
                    Sql.Value(keptUntil)),
                Sql.Command("SELECT 1 FROM sessions WHERE tenant = $1 AND id = $2", Sql.Value(tenant), Sql.Value(id)),
            },
        };
        await using var rows = await batch.ExecuteReaderAsync().ConfigureAwait(false);
        var ended = await rows.NextAsync(_ => true).ConfigureAwait(false);
        var exists = await rows.NextAsync(_ => true).ConfigureAwait(false);
        await rows.NextResultAsync().ConfigureAwait(false);
        return (ended.Count > 0, exists.Count > 0);
    }

    private async Task RemoveAsync()
    {
        try
        {
            int seen;
            do
            {
                seen = Volatile.Read(ref _ended);
                while (!_closed && await database.WriteAsync(RemoveSliceAsync).ConfigureAwait(false))
                {
                }
            }
            while (Interlocked.CompareExchange(ref _ended, 0, seen) != seen);
        }
        catch (StoreException error)
        {
            // What is left is found again when the next session ends, or at the next start.
            Volatile.Write(ref _ended, 0);
            logger.RemovalFailed(error.Message);
        }
    }
}
