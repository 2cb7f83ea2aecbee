using Npgsql;
using Snakepit.Protocol.Storing;

namespace Snakepit.Storage.Postgres;

/// <summary>
/// A trim in short transactions. Another owner of the session may write, or trim, at the same time: floors only
/// rise, and what goes is looked for by its session's internal key, which never returns.
/// </summary>
internal sealed class PostgresTrim(PostgresDatabase database, TrimPlan plan, CancellationToken cancellation)
    : LogTrim(plan, LargeValuesPerTransaction, cancellation)
{
    // Commits of the session wait for such a transaction, and others with them.
    private const int LargeValuesPerTransaction = 1;
    private const int RowsPerPage = 500;
    private const long BytesPerPage = 4 * 1024 * 1024;

    private static readonly string PageSql = LogRow.PageSql("$1", "(last_revision, number) > ($2, $3)", "$4", "$5");

    protected override async Task<long?> RaiseFloorAsync()
    {
        var floors = await database.WriteAsync(connection => connection.QueryAsync(
            Sql.Command(
                "UPDATE sessions SET floor = greatest(floor, $2) WHERE key = $1 RETURNING floor",
                Sql.Value(Plan.Session),
                Sql.Value(Plan.Floor)),
            row => row.GetInt64(0))).ConfigureAwait(false);
        return floors is [var floor] ? floor : null;
    }

    protected override async Task<TrimPage> ReadAsync(LogPosition from)
    {
        var rows = await database.ReadAsync(
            connection => connection.QueryAsync(
                Sql.Command(
                    PageSql,
                    Sql.Value(Plan.Session),
                    Sql.Value(from.Revision),
                    Sql.Value(from.Number),
                    Sql.Value(RowsPerPage),
                    Sql.Value(BytesPerPage)),
                Outlined,
                Cancellation),
            Cancellation).ConfigureAwait(false);
        var deletable = new List<LogPosition>();
        foreach (var row in rows)
        {
            if (Plan.IsDoneAt(row.Position))
            {
                return new TrimPage(deletable, from, IsLast: true);
            }

            from = row.Position;
            if (Plan.LetsGo(row.Position, row.Commit, row.Bytes))
            {
                deletable.Add(row.Position);
            }
        }

        return new TrimPage(deletable, from, IsLast: rows.Count == 0);
    }

    protected override Task DeleteCommitsAsync(IReadOnlyList<LogPosition> commits) =>
        database.WriteAsync(connection => connection.RunAsync(Sql.Command(
            "DELETE FROM log USING unnest($2::bigint[], $3::bigint[]) AS old(revision, number) " +
            "WHERE log.session = $1 AND log.last_revision = old.revision AND log.number = old.number",
            Sql.Value(Plan.Session),
            Sql.Value(commits.Select(commit => commit.Revision).ToArray()),
            Sql.Value(commits.Select(commit => commit.Number).ToArray()))));

    protected override Task<LogPosition> DeleteLargeValuesAsync(IReadOnlyList<long> revisions, LogPosition known) =>
        database.WriteAsync(async connection =>
        {
            await using var transaction = await connection.BeginTransactionAsync().ConfigureAwait(false);

            // No commit may come between the look at the newest ones and the removal.
            await connection.RunAsync(
                Sql.Command("SELECT FROM heads WHERE session = $1 FOR UPDATE", Sql.Value(Plan.Session))).ConfigureAwait(false);
            var newer = await connection.QueryAsync(
                Sql.Command(
                    "SELECT number, last_revision, body FROM log WHERE session = $1 AND (last_revision, number) > ($2, $3) " +
                    "ORDER BY last_revision, number",
                    Sql.Value(Plan.Session),
                    Sql.Value(known.Revision),
                    Sql.Value(known.Number)),
                Outlined).ConfigureAwait(false);
            newer.ForEach(row => Plan.KeepLargeValues(row.Commit));
            await connection.RunAsync(Sql.Command(
                "DELETE FROM large_values WHERE session = $1 AND revision = ANY ($2)",
                Sql.Value(Plan.Session),
                Sql.Value(revisions.Where(Plan.Unused.Contains).ToArray()))).ConfigureAwait(false);
            await transaction.CommitAsync().ConfigureAwait(false);
            return newer.Count == 0 ? known : newer[^1].Position;
        });

    // Of columns number, last_revision, body.
    private static (LogPosition Position, CommitOutline Commit, int Bytes) Outlined(NpgsqlDataReader rows)
    {
        var body = rows.Blob(2);
        return (new LogPosition(rows.GetInt64(1), rows.GetInt64(0)), TrimPlan.Outline(body), body.Length);
    }
}
