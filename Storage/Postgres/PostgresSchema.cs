using Microsoft.Extensions.Logging;
using Npgsql;

namespace Snakepit.Storage.Postgres;

/// <summary>The schema's version, and the way to the newest. docs/storage-format.md describes what the steps add up to.</summary>
internal sealed class PostgresSchema(
    NpgsqlConnection connection, string schema, IReadOnlyList<MigrationStep> steps, PostgresFailures server, ILogger logger)
{
    /// <summary>This program's.</summary>
    public static readonly IReadOnlyList<MigrationStep> Steps = MigrationStep.In(typeof(PostgresSchema).Assembly);

    /// <summary>Each step is a transaction. One process at a time: the lock ends with the connection.</summary>
    public async Task MigrateAsync(CancellationToken cancellation)
    {
        // Most starts find nothing to do, and need no lock for that.
        if (await FindVersionAsync(cancellation).ConfigureAwait(false) == steps.Count)
        {
            return;
        }

        await connection.RunAsync(
            Sql.Command("SELECT pg_advisory_lock($1)", Sql.Value(AdvisoryLocks.Migration(schema))),
            cancellation).ConfigureAwait(false);
        var version = await FindVersionAsync(cancellation).ConfigureAwait(false);
        foreach (var step in steps.Skip(version))
        {
            await ApplyAsync(step, cancellation).ConfigureAwait(false);
            logger.SchemaMigrated(schema, server.ToString(), step.Version);
        }
    }

    /// <summary>0 where there is no schema yet.</summary>
    public static async Task<int> FindVersionAsync(NpgsqlConnection connection, string schema, CancellationToken cancellation)
    {
        var tables = await connection.QueryAsync(
            Sql.Command("SELECT to_regclass($1) IS NOT NULL", Sql.Value($"\"{schema}\".schema_version")),
            row => row.GetBoolean(0),
            cancellation).ConfigureAwait(false);
        if (!tables[0])
        {
            return 0;
        }

        var versions = await connection.QueryAsync(
            Sql.Command($"SELECT coalesce(max(version), 0) FROM \"{schema}\".schema_version"),
            row => row.GetInt32(0),
            cancellation).ConfigureAwait(false);
        return versions[0];
    }

    private async Task<int> FindVersionAsync(CancellationToken cancellation)
    {
        var version = await FindVersionAsync(connection, schema, cancellation).ConfigureAwait(false);
        return version <= steps.Count
            ? version
            : throw new StoreException(
                $"Cannot use {server}: its schema {schema} is version {version}, newer than this program's " +
                $"{steps.Count}; use a newer program",
                outcomeUnknown: false);
    }

    private string Quoted => $"\"{schema}\"";

    private async Task ApplyAsync(MigrationStep step, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        if (step.Version == 1)
        {
            await CreateAsync(cancellation).ConfigureAwait(false);
        }

        // As a command of its own, which may be of many statements, functions with quoted bodies included.
        await using var statements = new NpgsqlCommand(step.Statements, connection, transaction);
        await statements.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
        await connection.RunAsync(
            Sql.Command(
                $"INSERT INTO {Quoted}.schema_version(version, name) VALUES ($1, $2)",
                Sql.Value(step.Version),
                Sql.Value(step.Name)),
            cancellation).ConfigureAwait(false);
        await transaction.CommitAsync(cancellation).ConfigureAwait(false);
    }

    private async Task CreateAsync(CancellationToken cancellation)
    {
        // Who may not create schemas can still use one that was made for him.
        var found = await connection.QueryAsync(
            Sql.Command("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1", Sql.Value(schema)),
            row => row.GetInt32(0),
            cancellation).ConfigureAwait(false);
        if (found.Count == 0)
        {
            await connection.RunAsync(Sql.Command($"CREATE SCHEMA {Quoted}"), cancellation).ConfigureAwait(false);
        }

        await connection.RunAsync(
            Sql.Command(
                $"CREATE TABLE {Quoted}.schema_version(version integer PRIMARY KEY, name text NOT NULL, " +
                "applied_at timestamptz NOT NULL DEFAULT now())"),
            cancellation).ConfigureAwait(false);
    }
}
