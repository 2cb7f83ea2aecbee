using Npgsql;

namespace Snakepit.Storage.Postgres;

/// <summary>How the store connects, whatever the caller's connection string says.</summary>
internal static class PostgresConnections
{
    /// <summary>
    /// What the server ends by itself after this long has a known outcome; so it comes before the client's
    /// own patience ends.
    /// </summary>
    public const int StatementMilliseconds = 10_000;

    private const int CommandSeconds = 15;
    private const int ConnectSeconds = 5;
    private const int StatementsKept = 64;

    // Every statement here looks rows up in an index, in the order of what it is given: the order in which
    // rows are locked, so that two processes cannot wait for each other. The planner may not think otherwise,
    // and a plan that it made while the tables were small must not outlive that.
    private const string Settings =
        "-c synchronous_commit=on -c default_transaction_isolation=read\\ committed -c enable_seqscan=off -c enable_bitmapscan=off -c enable_hashjoin=off " +
        "-c enable_mergejoin=off -c plan_cache_mode=force_generic_plan -c jit=off " +
        // A machine that vanished with rows locked is noticed within half a minute.
        "-c idle_in_transaction_session_timeout=15000 " +
        "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 -c tcp_user_timeout=25000";

    /// <summary>For the data source that everything but a migration goes through.</summary>
    public static NpgsqlConnectionStringBuilder ForUse(PostgresOptions options)
    {
        var connection = Common(options, $"{Settings} -c statement_timeout={StatementMilliseconds}");
        connection.CommandTimeout = CommandSeconds;
        connection.MaxPoolSize = options.MaxConnections;
        connection.MinPoolSize = Math.Min(connection.MinPoolSize, options.MaxConnections);
        connection.MaxAutoPrepare = StatementsKept;
        connection.AutoPrepareMinUsages = 1;
        connection.Multiplexing = false;
        connection.NoResetOnClose = false;
        return connection;
    }

    /// <summary>For what others keep in the same schema by statements of their own.</summary>
    public static NpgsqlConnectionStringBuilder ForProviders(PostgresOptions options)
    {
        var connection = Common(options, $"-c synchronous_commit=on -c statement_timeout={StatementMilliseconds}");
        connection.ApplicationName = "snakepit-orleans";
        connection.CommandTimeout = CommandSeconds;
        return connection;
    }

    /// <summary>For the one connection of a migration, which may take as long as it needs.</summary>
    public static NpgsqlConnectionStringBuilder ForMigration(PostgresOptions options)
    {
        var connection = Common(options, "-c synchronous_commit=on -c statement_timeout=0 -c lock_timeout=0");
        connection.CommandTimeout = 0;
        connection.Pooling = false;
        return connection;
    }

    private static NpgsqlConnectionStringBuilder Common(PostgresOptions options, string settings)
    {
        var connection = new NpgsqlConnectionStringBuilder(options.ConnectionString)
        {
            SearchPath = options.Schema,
            ApplicationName = "snakepit",
            Enlist = false,
            TcpKeepAlive = true,
        };

        // The server takes what comes last.
        connection.Options = $"{connection.Options} {settings}".Trim();
        connection.Timeout = connection.Timeout is > 0 and < ConnectSeconds ? connection.Timeout : ConnectSeconds;
        if (connection.Host?.Contains(',', StringComparison.Ordinal) == true)
        {
            // A standby would not show what was just stored.
            connection.TargetSessionAttributes = "primary";
        }

        return connection;
    }
}
