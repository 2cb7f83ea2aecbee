using Npgsql;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions;

namespace Snakepit.Storage.Postgres;

/// <summary>Finds out what a trim is to go by.</summary>
internal sealed class TrimPlans(PostgresDatabase database)
{
    private const int RowsPerPage = 4_096;

    // Newest first. Of large values, which are kept out of line, only the lengths are read; of what is in a row all that is on its page.
    private const string LengthsSql =
        "SELECT last_revision, number, octet_length(body) + coalesce((" +
        "SELECT sum(octet_length(v.bytes)) FROM large_values v " +
        "WHERE v.session = $1 AND v.revision BETWEEN first_revision AND last_revision), 0)::bigint FROM (" +
        "SELECT first_revision, last_revision, number, body FROM log " +
        "WHERE session = $1 AND last_revision > $2 AND (last_revision, number) < ($3, $4) " +
        "ORDER BY last_revision DESC, number DESC LIMIT $5) newest";

    /// <summary>As <see cref="ISessionStore.MeasureLogAsync"/>.</summary>
    public async Task<LogExtent> MeasureAsync(SessionKey key, long maxBytes, CancellationToken cancellation)
    {
        var found = await database.ReadAsync(
            connection => connection.QueryAsync(SessionRow.Find(key), SessionRow.Read, cancellation), cancellation).ConfigureAwait(false);
        if (found is not [var row])
        {
            return default;
        }

        var bytes = 0L;
        var before = new LogPosition(long.MaxValue, long.MaxValue);
        while (true)
        {
            var page = await LengthsAsync(row, before, cancellation).ConfigureAwait(false);
            foreach (var (position, own) in page)
            {
                if (bytes + own > maxBytes)
                {
                    return new LogExtent(position.Revision, bytes);
                }

                bytes += own;
                before = position;
            }

            if (page.Count < RowsPerPage)
            {
                return new LogExtent(row.Floor, bytes);
            }
        }
    }

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

    private Task<List<(LogPosition Position, long Bytes)>> LengthsAsync(SessionRow row, LogPosition before, CancellationToken cancellation) =>
        database.ReadAsync(
            connection => connection.QueryAsync(
                Sql.Command(
                    LengthsSql,
                    Sql.Value(row.Session),
                    Sql.Value(row.Floor),
                    Sql.Value(before.Revision),
                    Sql.Value(before.Number),
                    Sql.Value(RowsPerPage)),
                rows => (new LogPosition(rows.GetInt64(0), rows.GetInt64(1)), rows.GetInt64(2)),
                cancellation),
            cancellation);

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
