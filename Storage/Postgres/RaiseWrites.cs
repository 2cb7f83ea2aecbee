using Npgsql;
using Snakepit.Storage.Archive;

namespace Snakepit.Storage.Postgres;

/// <summary>Carries out a <see cref="RevisionRaise"/>.</summary>
internal static class RaiseWrites
{
    // Against silos that run all the same: a commit, a creation or an end waits, and is refused by the fence afterwards.
    private const string Lock = "LOCK TABLE heads, sessions, tenants IN SHARE ROW EXCLUSIVE MODE";

    private const string Look =
        "SELECT greatest((SELECT max(revision) FROM heads), (SELECT max(ended_revision) FROM tenants), 0), (SELECT max(time) FROM log)";

    private const string Lead =
        "WITH led AS (UPDATE heads SET number = number + 1, revision = $1 RETURNING session, number) " +
        "INSERT INTO log(session, number, first_revision, last_revision, time, body) SELECT session, number, $1 + 1, $1, $2, $3 FROM led";

    private const string Floors = "UPDATE sessions SET floor = $1, expires_at = expires_at + $2";

    private const string Ended =
        "WITH known AS (UPDATE tenants SET ended_revision = $1) " +
        "INSERT INTO tenants(tenant, ended_revision) SELECT $2, $1 WHERE NOT EXISTS (SELECT FROM tenants WHERE tenant = $2)";

    public static Task<RaisedRevisions> RaiseAsync(PostgresDatabase database, RevisionRaise raise) => database.WriteAsync(async connection =>
    {
        await using var transaction = await connection.BeginTransactionAsync().ConfigureAwait(false);

        // Millions of rows take longer than a statement may that clients wait for.
        await RunLongAsync(connection, "SET LOCAL statement_timeout = 0").ConfigureAwait(false);
        await RunLongAsync(connection, Lock).ConfigureAwait(false);
        var (highest, newest) = await LookAsync(connection).ConfigureAwait(false);
        var revision = raise.RevisionAbove(highest);
        var delay = raise.DelayFrom(newest);
        await RunLongAsync(
            connection, Lead, Sql.Value(revision), Sql.Value(UnixTime.ToMicroseconds(raise.Now)), Sql.Value(RevisionRaise.Body)).ConfigureAwait(false);
        var sessions = await RunLongAsync(connection, Floors, Sql.Value(revision), Sql.Value(delay)).ConfigureAwait(false);
        await RunLongAsync(connection, Ended, Sql.Value(revision), Sql.Name(RevisionRaise.EveryTenant)).ConfigureAwait(false);
        await transaction.CommitAsync().ConfigureAwait(false);
        return new RaisedRevisions(revision, sessions, TimeSpan.FromMicroseconds(delay));
    });

    private static async Task<(long Highest, long? Newest)> LookAsync(NpgsqlConnection connection)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { Sql.Command(Look) }, Timeout = 0 };
        await using var rows = await batch.ExecuteReaderAsync().ConfigureAwait(false);
        return (await rows.ReadAllAsync(row => (row.GetInt64(0), row.IsDBNull(1) ? (long?)null : row.GetInt64(1))).ConfigureAwait(false))[0];
    }

    private static async Task<int> RunLongAsync(NpgsqlConnection connection, string sql, params NpgsqlParameter[] parameters)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { Sql.Command(sql, parameters) }, Timeout = 0 };
        return await batch.ExecuteNonQueryAsync().ConfigureAwait(false);
    }
}
