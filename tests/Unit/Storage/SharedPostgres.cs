using Microsoft.Extensions.Logging.Abstractions;
using Snakepit.Storage.Postgres;
using Snakepit.Tests.Postgres;
using Snakepit.Tests.Storage;

[assembly: AssemblyFixture(typeof(SharedPostgres))]

namespace Snakepit.Tests.Storage;

/// <summary>One PostgreSQL server for all tests that do not stop it; started by the first that asks.</summary>
public sealed class SharedPostgres : IAsyncDisposable
{
    private readonly Lazy<Task<PostgresServer>> _server = new(() => PostgresServer.CreateAsync());
    private int _schemas;

    /// <summary>Skips the test where there is no PostgreSQL.</summary>
    public static void SkipUnlessInstalled() => Assert.SkipUnless(PostgresServer.IsInstalled, PostgresServer.NotInstalled);

    public static async Task<PostgresStore> OpenAsync(PostgresOptions options) =>
        await PostgresStore.OpenAsync(options, NullLogger.Instance, default);

    /// <summary>A schema that is not there yet.</summary>
    public async Task<PostgresOptions> NewSchemaAsync()
    {
        SkipUnlessInstalled();
        var server = await _server.Value;
        return new PostgresOptions(server.ConnectionString()) { Schema = $"schema_{Interlocked.Increment(ref _schemas)}" };
    }

    /// <summary>Runs SQL in a schema; answers with the first row's first column.</summary>
    public static Task<object?> QueryAsync(PostgresOptions options, string sql) =>
        PostgresServer.QueryAsync($"{options.ConnectionString};Search Path={options.Schema}", sql);

    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated)
        {
            await (await _server.Value).DisposeAsync();
        }
    }
}
