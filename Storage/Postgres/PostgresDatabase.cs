using Microsoft.Extensions.Logging;
using Npgsql;

namespace Snakepit.Storage.Postgres;

/// <summary>A database's connections, and what becomes of their failures.</summary>
public sealed class PostgresDatabase : IAsyncDisposable
{
    // The first finds out that a connection from the pool has died with its server; the second has a new one.
    private const int Attempts = 3;

    private readonly NpgsqlDataSource _source;

    internal PostgresDatabase(PostgresOptions options)
    {
        var connection = PostgresConnections.ForUse(options);
        _source = new NpgsqlDataSourceBuilder(connection.ConnectionString).Build();
        Failures = FailuresOf(connection);
    }

    internal PostgresFailures Failures { get; }

    /// <summary>
    /// Brings the schema to this program's version; creates it where it is missing. Any number of processes may
    /// do so at once. Not needed before <see cref="PostgresStore.OpenAsync"/>, which does the same.
    /// </summary>
    /// <exception cref="StoreException">
    /// The server cannot be used, or the schema is newer than this program. A migration that fails changes
    /// nothing beyond the steps before.
    /// </exception>
    public static Task MigrateAsync(PostgresOptions options, ILogger logger, CancellationToken cancellation) =>
        MigrateAsync(options, PostgresSchema.Steps, logger, cancellation);

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    internal static async Task MigrateAsync(
        PostgresOptions options, IReadOnlyList<MigrationStep> steps, ILogger logger, CancellationToken cancellation)
    {
        var settings = PostgresConnections.ForMigration(options);
        var failures = FailuresOf(settings);
        try
        {
            await using var connection = new NpgsqlConnection(settings.ConnectionString);
            await connection.OpenAsync(cancellation).ConfigureAwait(false);
            await new PostgresSchema(connection, options.Schema, steps, failures, logger).MigrateAsync(cancellation).ConfigureAwait(false);
        }
        catch (Exception error) when (PostgresFailures.IsFailure(error))
        {
            cancellation.ThrowIfCancellationRequested();
            throw failures.Failure("migrate", error, outcomeUnknown: false);
        }
    }

    /// <summary>Reads, once more where a connection turns out to be dead.</summary>
    /// <exception cref="StoreException">The server could not be asked.</exception>
    internal Task<T> ReadAsync<T>(Func<NpgsqlConnection, Task<T>> read, CancellationToken cancellation) =>
        RunAsync("read", read, cancellation);

    /// <summary>Writes something that may be done twice, likewise.</summary>
    /// <exception cref="StoreException">It was not done, or that is not known.</exception>
    internal Task<T> WriteAsync<T>(Func<NpgsqlConnection, Task<T>> write) => RunAsync("write to", write, default);

    /// <inheritdoc cref="WriteAsync{T}"/>
    internal Task WriteAsync(Func<NpgsqlConnection, Task> write) => WriteAsync(async connection =>
    {
        await write(connection).ConfigureAwait(false);
        return true;
    });

    /// <summary>Writes something that may not be done twice.</summary>
    /// <exception cref="StoreException">It was not done, or that is not known.</exception>
    internal Task<T> WriteOnceAsync<T>(Func<NpgsqlConnection, Task<T>> write) => WriteAsync(async connection =>
    {
        // Whether the connection lives is found out before anything is at stake.
        await connection.PingAsync().ConfigureAwait(false);
        try
        {
            return await write(connection).ConfigureAwait(false);
        }
        catch (Exception error) when (PostgresFailures.IsFailure(error) && !PostgresFailures.IsRefusal(error))
        {
            throw Failures.Failure("write to", error, outcomeUnknown: true);
        }
    });

    /// <summary>A connection to be disposed of.</summary>
    /// <exception cref="StoreException">There is none to be had; nothing was sent.</exception>
    internal async Task<NpgsqlConnection> ConnectAsync(string verb, CancellationToken cancellation)
    {
        try
        {
            return await _source.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        }
        catch (Exception error) when (PostgresFailures.IsFailure(error))
        {
            cancellation.ThrowIfCancellationRequested();
            throw Failures.Failure(verb, error, outcomeUnknown: false);
        }
    }

    private static PostgresFailures FailuresOf(NpgsqlConnectionStringBuilder connection) =>
        new($"PostgreSQL {connection.Host}:{connection.Port}/{connection.Database ?? connection.Username}");

    private async Task<T> RunAsync<T>(string verb, Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            await using var connection = await ConnectAsync(verb, cancellation).ConfigureAwait(false);
            try
            {
                return await work(connection).ConfigureAwait(false);
            }
            catch (Exception error) when (PostgresFailures.IsFailure(error))
            {
                cancellation.ThrowIfCancellationRequested();
                if (attempt == Attempts || !MayTryAgain(error))
                {
                    throw Failures.Failure(verb, error, !PostgresFailures.IsRefusal(error));
                }
            }
        }
    }

    // A large value can be removed between two questions, together with what refers to it: the answer to the
    // first is out of date then. Not after a timeout: who asked has waited long enough.
    private static bool MayTryAgain(Exception error) =>
        error is InvalidDataException || PostgresFailures.IsCollision(error) || PostgresFailures.IsLost(error);
}
