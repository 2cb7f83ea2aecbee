using System.Globalization;
using Npgsql;

namespace Snakepit.Tests.Postgres;

/// <summary>
/// A PostgreSQL server for tests, with its data in a temporary folder and on a free port of 127.0.0.1. One
/// test at a time starts and stops it; databases may be made by any.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly PostgresBinaries _binaries;
    private readonly string _folder;
    private readonly bool _fsync;
    private int _databases;
    private int _copies;

    private PostgresServer(PostgresBinaries binaries, string folder, bool fsync)
    {
        _binaries = binaries;
        _folder = folder;
        _fsync = fsync;
        Port = FreePort.Next();
    }

    /// <summary>False where a test that needs a server is to be skipped.</summary>
    public static bool IsInstalled => PostgresBinaries.Find() is not null;

    /// <summary>Why such a test is skipped.</summary>
    public static string NotInstalled => "PostgreSQL is not installed (postgres, initdb)";

    /// <summary>Stays the same over restarts.</summary>
    public int Port { get; }

    private string Data => Path.Combine(_folder, "data");

    private string Log => Path.Combine(_folder, "log");

    /// <summary>Makes a server and starts it.</summary>
    /// <param name="fsync">False is faster; what was written is then safe from the server's death, not the machine's.</param>
    /// <exception cref="InvalidOperationException">PostgreSQL is not installed, or would not start.</exception>
    public static async Task<PostgresServer> CreateAsync(bool fsync = false)
    {
        var binaries = PostgresBinaries.Find() ?? throw new InvalidOperationException(NotInstalled);
        var folder = Directory.CreateTempSubdirectory("snakepit-postgres-").FullName;
        var server = new PostgresServer(binaries, folder, fsync);
        try
        {
            await PostgresBinaries.GiveAsync(folder).ConfigureAwait(false);
            await binaries.RunAsync("initdb", "-D", server.Data, "-U", "snakepit", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
                .ConfigureAwait(false);
            await server.StartAsync().ConfigureAwait(false);
            return server;
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>For a database of this server.</summary>
    public string ConnectionString(string database = "postgres") =>
        $"Host=127.0.0.1;Port={Port};Username=snakepit;Password=secret;Database={database}";

    /// <summary>Makes an empty database and answers with its connection string.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"test{Interlocked.Increment(ref _databases)}";
        await ExecuteAsync(ConnectionString(), $"CREATE DATABASE {name}").ConfigureAwait(false);
        return ConnectionString(name);
    }

    /// <summary>Runs SQL.</summary>
    public static async Task ExecuteAsync(string connectionString, string sql) => await QueryAsync(connectionString, sql).ConfigureAwait(false);

    /// <summary>Runs SQL and answers with the first row's first column.</summary>
    public static async Task<object?> QueryAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection($"{connectionString};Pooling=false");
        await connection.OpenAsync().ConfigureAwait(false);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync().ConfigureAwait(false);
    }

    /// <summary>Starts the server and ends when it takes connections.</summary>
    public async Task StartAsync() =>
        await _binaries.RunAsync("pg_ctl", "start", "-w", "-t", "60", "-s", "-D", Data, "-l", Log, "-o", Settings()).ConfigureAwait(false);

    /// <summary>Stops the server and ends when it is gone.</summary>
    public async Task StopAsync(PostgresStop mode) =>
        await _binaries.RunAsync("pg_ctl", "stop", "-w", "-t", "60", "-s", "-D", Data, "-m", mode == PostgresStop.Fast ? "fast" : "immediate")
            .ConfigureAwait(false);

    /// <summary>Makes a physical copy of all that the running server has.</summary>
    /// <returns>Where it is.</returns>
    public async Task<string> BackUpAsync()
    {
        var copy = Path.Combine(_folder, $"copy{Interlocked.Increment(ref _copies)}");
        await _binaries.RunAsync(
            "pg_basebackup", "-D", copy, "-h", "127.0.0.1", "-p", Port.ToString(CultureInfo.InvariantCulture), "-U", "snakepit", "-c", "fast", "-X", "stream")
            .ConfigureAwait(false);
        return copy;
    }

    /// <summary>The server dies, its data are lost, and it is started on a copy in their place.</summary>
    public async Task RestoreAsync(string copy)
    {
        await KillAsync().ConfigureAwait(false);
        Directory.Delete(Data, recursive: true);
        Directory.Move(copy, Data);
        await StartAsync().ConfigureAwait(false);
    }

    /// <summary>Kills the server and all its processes, and ends when they are gone.</summary>
    public Task KillAsync() => PostgresProcesses.KillAsync(Data, Deadline);

    /// <summary>Ends the server, whatever state it is in, and removes its folder.</summary>
    public async ValueTask DisposeAsync()
    {
        await KillAsync().ConfigureAwait(false);
        Directory.Delete(_folder, recursive: true);
    }

    private string Settings() => string.Join(
        ' ',
        $"-p {Port}",
        "-c listen_addresses=127.0.0.1",
        "-c unix_socket_directories=''",
        "-c max_connections=500",
        "-c shared_buffers=64MB",
        $"-c fsync={(_fsync ? "on" : "off")}",
        $"-c full_page_writes={(_fsync ? "on" : "off")}");
}

/// <summary>How a server is stopped.</summary>
public enum PostgresStop
{
    /// <summary>Rolls back what is under way and writes everything out.</summary>
    Fast,

    /// <summary>Drops everything; the next start recovers from the log.</summary>
    Immediate,
}
