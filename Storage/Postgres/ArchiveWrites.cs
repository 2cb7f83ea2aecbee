using Npgsql;
using Snakepit.Protocol.Storing;
using Snakepit.Storage.Archive;

namespace Snakepit.Storage.Postgres;

/// <summary>Stores sessions out of a file.</summary>
internal sealed class ArchiveWrites(PostgresDatabase database, string schema, SessionCount count)
{
    // With the internal key that it gets if it is not there.
    private const string Find =
        "SELECT nextval('session_keys'), h.number, h.revision, s.created_at FROM (SELECT) AS asked " +
        "LEFT JOIN sessions s ON s.tenant = $1 AND s.id = $2 LEFT JOIN heads h ON h.session = s.key";

    private const string Raise =
        "INSERT INTO tenants(tenant, ended_revision) VALUES ($1, $2) " +
        "ON CONFLICT (tenant) DO UPDATE SET ended_revision = greatest(tenants.ended_revision, excluded.ended_revision)";

    /// <summary>What became of each session; all of them in one transaction.</summary>
    public async Task<IReadOnlyList<SessionImport>> ImportAsync(IEnumerable<ArchiveRecord> records, CancellationToken cancellation)
    {
        using var change = count.Change();
        var outcomes = await database.WriteAsync(connection => ImportAsync(connection, records, cancellation)).ConfigureAwait(false);
        change.Add(outcomes.Count(session => session.Outcome == ImportOutcome.Imported));
        return outcomes;
    }

    /// <summary>As the end of a session: alone, so that creations know of it.</summary>
    public Task RaiseAsync(string tenant, long revision) => database.WriteAsync(connection => connection.RunAsync(
    [
        Sql.Command("SELECT pg_advisory_xact_lock($1)", Sql.Value(AdvisoryLocks.Tenant(schema, tenant))),
        Sql.Command(Raise, Sql.Name(tenant), Sql.Value(revision)),
    ]));

    private static async Task<List<SessionImport>> ImportAsync(
        NpgsqlConnection connection, IEnumerable<ArchiveRecord> records, CancellationToken cancellation)
    {
        var outcomes = new List<SessionImport>();
        await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        var rows = new ArchivedRows(connection, cancellation);
        var key = 0L;
        foreach (var record in records)
        {
            if (record.Session is { } session)
            {
                (key, var stored) = await FindAsync(connection, session, cancellation).ConfigureAwait(false);
                key = stored is null ? key : 0;
                outcomes.Add(new SessionImport(ArchiveCheck.KeyOf(session), Outcome(session, stored)));
            }

            if (key != 0)
            {
                await rows.AddAsync(key, record).ConfigureAwait(false);
            }
        }

        await rows.FinishAsync().ConfigureAwait(false);
        await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
        return outcomes;
    }

    private static ImportOutcome Outcome(ArchivedSession session, LogEnd? stored) =>
        stored is null ? ImportOutcome.Imported
        : FileCheck.IsSame(session, stored) ? ImportOutcome.Present
        : ImportOutcome.Different;

    private static async Task<(long Key, LogEnd? Stored)> FindAsync(
        NpgsqlConnection connection, ArchivedSession session, CancellationToken cancellation)
    {
        var found = await connection.QueryAsync(
            Sql.Command(Find, Sql.Name(session.Tenant), Sql.Name(session.Id)),
            rows => (
                rows.GetInt64(0),
                rows.IsDBNull(1) ? null : new LogEnd(rows.GetInt64(1), rows.GetInt64(2), CreationTime.Read(rows.GetInt64(3)))),
            cancellation).ConfigureAwait(false);
        return found[0];
    }
}
