using Npgsql;

namespace Snakepit.Storage.Postgres;

/// <summary>What there is to say of a cluster's database without using it. Nothing is created or changed.</summary>
/// <param name="Server">Names the server and the database, never the password.</param>
/// <param name="ServerVersion">Of PostgreSQL, as `15.14`.</param>
/// <param name="RoundTrip">Of a statement that does next to nothing: the quickest of some.</param>
/// <param name="ClockAhead">By how much at the least the server's clock is ahead of this machine's; 0 = the same, as far as can be told.</param>
/// <param name="SurvivesPowerLoss">Whether `fsync` and `full_page_writes` are on.</param>
/// <param name="MaxConnections">That the server takes.</param>
/// <param name="Connections">Open now, of all its clients; this one is not counted.</param>
/// <param name="SchemaVersion">0 = there is no schema yet, or an empty one.</param>
/// <param name="MayMigrate">Whether the user may make what is missing.</param>
/// <param name="User">Whom it connects as.</param>
/// <param name="Silos">Those that the cluster's table calls active; those that fell a moment ago are among them.</param>
public sealed record PostgresInspection(
    string Server,
    string ServerVersion,
    TimeSpan RoundTrip,
    TimeSpan ClockAhead,
    bool SurvivesPowerLoss,
    int MaxConnections,
    int Connections,
    int SchemaVersion,
    bool MayMigrate,
    string User,
    IReadOnlyList<ListedSilo> Silos)
{
    // Of Orleans.Runtime.SiloStatus.
    private const int Active = 3;

    private const int Looks = 5;

    /// <summary>The version of the schema that this program makes.</summary>
    public static int PresentVersion => PostgresSchema.Steps.Count;

    /// <param name="options">Which database, and which schema of it.</param>
    /// <param name="clusterId">Whose silos.</param>
    /// <param name="time">This machine's clock.</param>
    /// <exception cref="StoreException">The server cannot be asked.</exception>
    public static async Task<PostgresInspection> OfAsync(PostgresOptions options, string clusterId, TimeProvider time)
    {
        await using var database = new PostgresDatabase(options with { MaxConnections = 4 });
        return await database.ReadAsync(connection => ReadAsync(connection, options, clusterId, database.Failures, time), default).ConfigureAwait(false);
    }

    private static async Task<PostgresInspection> ReadAsync(
        NpgsqlConnection connection, PostgresOptions options, string clusterId, PostgresFailures server, TimeProvider time)
    {
        // The first pays for the connection.
        await connection.PingAsync().ConfigureAwait(false);
        var (roundTrip, ahead) = (TimeSpan.MaxValue, TimeSpan.Zero);
        for (var n = 0; n < Looks; n++)
        {
            var (asked, before) = (time.GetTimestamp(), time.GetUtcNow());
            var clock = (await connection.QueryAsync(
                Sql.Command("SELECT clock_timestamp()"), row => row.GetFieldValue<DateTimeOffset>(0)).ConfigureAwait(false))[0];
            var (after, taken) = (time.GetUtcNow(), time.GetElapsedTime(asked));
            if (taken < roundTrip)
            {
                // Read at some moment in between: only what lies beyond is certain.
                (roundTrip, ahead) = (taken, clock > after ? clock - after : clock < before ? clock - before : TimeSpan.Zero);
            }
        }

        var version = await PostgresSchema.FindVersionAsync(connection, options.Schema, default).ConfigureAwait(false);
        return await ServerAsync().ConfigureAwait(false) with
        {
            Silos = version == 0 ? [] : await SilosAsync(connection, options.Schema, clusterId).ConfigureAwait(false),
        };

        async Task<PostgresInspection> ServerAsync() => (await connection.QueryAsync(
            Sql.Command(
                "SELECT current_setting('server_version'), current_setting('fsync') = 'on' AND current_setting('full_page_writes') = 'on', " +
                "current_setting('max_connections')::int, (SELECT count(*) - 1 FROM pg_stat_activity WHERE datid IS NOT NULL)::int, " +
                "CASE WHEN to_regnamespace($1) IS NULL THEN has_database_privilege(current_database(), 'CREATE') " +
                "ELSE has_schema_privilege($1, 'CREATE') END, current_user::text",
                Sql.Value(options.Schema)),
            row => new PostgresInspection(
                server.ToString(), row.GetString(0), roundTrip, ahead, row.GetBoolean(1),
                row.GetInt32(2), row.GetInt32(3), version, row.GetBoolean(4), row.GetString(5), [])).ConfigureAwait(false))[0];
    }

    private static async Task<IReadOnlyList<ListedSilo>> SilosAsync(NpgsqlConnection connection, string schema, string clusterId)
    {
        // They came with the schema's second version.
        var table = $"\"{schema}\".orleans_silo";
        var exists = await connection.QueryAsync(
            Sql.Command("SELECT to_regclass($1) IS NOT NULL", Sql.Value(table)), row => row.GetBoolean(0)).ConfigureAwait(false);
        return !exists[0] ? [] : await connection.QueryAsync(
            Sql.Command(
                $"SELECT address, port, gateway_port, greatest(started_on, last_heard_of_on) FROM {table} " +
                $"WHERE cluster_id = $1 AND status = {Active} ORDER BY address, port",
                Sql.Value(clusterId)),
            row => new ListedSilo(row.GetString(0), row.GetInt32(1), row.GetInt32(2), row.GetFieldValue<DateTimeOffset>(3))).ConfigureAwait(false);
    }
}

/// <summary>A silo as the cluster's table has it.</summary>
/// <param name="Address">By which the others reach it.</param>
/// <param name="Port">For silos.</param>
/// <param name="GatewayPort">For gateways.</param>
/// <param name="LastSign">When it last said that it is alive, by its own clock.</param>
public sealed record ListedSilo(string Address, int Port, int GatewayPort, DateTimeOffset LastSign);
