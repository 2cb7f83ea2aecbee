using Npgsql;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions;

namespace Snakepit.Storage.Postgres;

/// <summary>Finds out what a trim is to go by.</summary>
internal sealed class TrimPlans(PostgresDatabase database)
{
    // Each commit with all that is newer, in bytes; no length needs the bytes to be read.
    private const string ExtentSql =
        "SELECT coalesce(max(last_revision) FILTER (WHERE bytes > $3), min(floor)), coalesce(max(bytes) FILTER (WHERE bytes <= $3), 0)::bigint FROM (" +
        "SELECT floor, last_revision, sum(own) OVER (ORDER BY last_revision DESC, number DESC) AS bytes FROM (" +
        "SELECT s.floor, l.last_revision, l.number, octet_length(l.body) + coalesce((" +
        "SELECT sum(octet_length(v.bytes)) FROM large_values v " +
        "WHERE v.session = l.session AND v.revision BETWEEN l.first_revision AND l.last_revision), 0) AS own " +
        "FROM sessions s LEFT JOIN log l ON l.session = s.key AND l.last_revision > s.floor " +
        "WHERE s.tenant = $1 AND s.id = $2) each) summed";

    public Task<LogExtent> MeasureAsync(SessionKey key, long maxBytes, CancellationToken cancellation) => database.ReadAsync(
        async connection => (await connection.QueryAsync(
            Sql.Command(ExtentSql, Sql.Name(key.Tenant), Sql.Name(key.SessionId), Sql.Value(maxBytes)),
            rows => rows.IsDBNull(0) ? default : new LogExtent(rows.GetInt64(0), rows.GetInt64(1)),
            cancellation).ConfigureAwait(false))[0],
        cancellation);

    /// <summary>Null where the session is not stored.</summary>
    public Task<TrimPlan?> MakeAsync(SessionKey key, Retention retention, CancellationToken cancellation) =>
        database.ReadAsync(
            connection => connection.HoldAsync(() => MakeAsync(connection, key, retention, cancellation), cancellation),
            cancellation);

    private static async Task<TrimPlan?> MakeAsync(
        NpgsqlConnection connection, SessionKey key, Retention retention, CancellationToken cancellation)
    {
        var found = await connection.QueryAsync(SessionRow.Find(key), SessionRow.Read, cancellation).ConfigureAwait(false);
        if (found is not [var row])
        {
            return null;
        }

        var floor = await FloorAsync(connection, row, retention, cancellation).ConfigureAwait(false);
        var large = await connection.QueryAsync(
            Sql.Command(
                "SELECT revision FROM large_values WHERE session = $1 AND revision <= $2 AND chunk = 0",
                Sql.Value(row.Session),
                Sql.Value(floor)),
            rows => rows.GetInt64(0),
            cancellation).ConfigureAwait(false);
        var plan = new TrimPlan(row.Session, row.CommitNumber, row.Floor, floor, retention.HistoryLimit, [.. large]);
        await connection.QueryAsync(
            Sql.Command("SELECT body FROM variables WHERE session = $1", Sql.Value(row.Session)),
            rows =>
            {
                plan.Keep(VariableRecord.Parser.ParseFrom(rows.Blob(0)));
                return true;
            },
            cancellation).ConfigureAwait(false);
        return plan;
    }

    private static async Task<long> FloorAsync(
        NpgsqlConnection connection, SessionRow row, Retention retention, CancellationToken cancellation)
    {
        var floor = row.Floor;
        var boundary = new LogPosition(retention.After, long.MaxValue);
        floor = Math.Max(floor, await EndBeforeAsync(connection, row, boundary, cancellation).ConfigureAwait(false));

        // Commits are in order of time, so the first that is not older ends the search.
        var young = await connection.QueryAsync(
            Sql.Command(
                "SELECT last_revision, number FROM log WHERE session = $1 AND last_revision > $2 AND time >= $3 " +
                "ORDER BY last_revision, number LIMIT 1",
                Sql.Value(row.Session),
                Sql.Value(floor),
                Sql.Value(UnixTime.ToMicroseconds(retention.NotBefore))),
            rows => new LogPosition(rows.GetInt64(0), rows.GetInt64(1)),
            cancellation).ConfigureAwait(false);
        return young is [var first]
            ? Math.Max(floor, await EndBeforeAsync(connection, row, first, cancellation).ConfigureAwait(false))
            : Math.Max(floor, row.Newest.Revision);
    }

    /// <summary>The revision at which the commit before a position ends; 0 if there is none.</summary>
    private static async Task<long> EndBeforeAsync(
        NpgsqlConnection connection, SessionRow row, LogPosition position, CancellationToken cancellation)
    {
        var found = await connection.QueryAsync(
            Sql.Command(
                "SELECT last_revision FROM log WHERE session = $1 AND (last_revision, number) < ($2, $3) " +
                "ORDER BY last_revision DESC, number DESC LIMIT 1",
                Sql.Value(row.Session),
                Sql.Value(position.Revision),
                Sql.Value(position.Number)),
            rows => rows.GetInt64(0),
            cancellation).ConfigureAwait(false);
        return found is [var end] ? end : 0;
    }
}
