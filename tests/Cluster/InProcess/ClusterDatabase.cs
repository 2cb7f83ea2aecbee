using Microsoft.Extensions.Logging.Abstractions;
using Snakepit.Storage.Postgres;
using Snakepit.Tests.Postgres;

namespace Snakepit.Tests.Cluster.InProcess;

/// <summary>One PostgreSQL for all clusters in this process, a schema each; started by the first that asks.</summary>
public sealed class ClusterDatabase : IAsyncDisposable
{
    private readonly Lazy<Task<PostgresServer>> _server = new(() => PostgresServer.CreateAsync());
    private int _schemas;

    /// <summary>A schema that is not there yet. Skips the test where there is no PostgreSQL.</summary>
    public async Task<PostgresOptions> NewSchemaAsync()
    {
        Assert.SkipUnless(PostgresServer.IsInstalled, PostgresServer.NotInstalled);
        var server = await _server.Value;
        return new PostgresOptions(server.ConnectionString()) { Schema = $"cluster{Interlocked.Increment(ref _schemas)}" };
    }

    public static async Task<PostgresStore> OpenAsync(PostgresOptions options) =>
        await PostgresStore.OpenAsync(options, NullLogger.Instance, TestContext.Current.CancellationToken);

    /// <summary>Runs SQL in a schema; answers with the first row's first column.</summary>
    public static Task<object?> QueryAsync(PostgresOptions options, string sql) =>
        PostgresServer.QueryAsync($"{options.ConnectionString};Search Path={options.Schema};Command Timeout=60", sql);

    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated)
        {
            await (await _server.Value).DisposeAsync();
        }
    }
}

/// <summary>Clusters are tested one at a time: a machine that is busy with another looks like one that hangs.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class InProcessClusters : ICollectionFixture<ClusterDatabase>
{
    public const string Name = "clusters in process";
}
