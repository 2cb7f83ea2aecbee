using Snakepit.Sessions;

namespace Snakepit.Tests.Cluster.InProcess;

/// <summary>Clusters of one test, on a schema of its own.</summary>
[Collection(InProcessClusters.Name)]
public abstract class ClusterTests(ClusterDatabase database) : IAsyncLifetime
{
    private readonly List<TestedCluster> _clusters = [];

    internal static TimeSpan Deadline { get; } = TimeSpan.FromSeconds(30);

    internal Storage.Postgres.PostgresOptions Schema { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Schema = await database.NewSchemaAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var cluster in _clusters)
        {
            await cluster.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    internal async Task<TestedCluster> StartAsync(ClusterSettings settings)
    {
        var cluster = await TestedCluster.StartAsync(Schema, settings);
        _clusters.Add(cluster);
        return cluster;
    }

    internal static SessionKey Key(string id) => new("", id);

    internal static List<SessionKey> Keys(int count) => [.. Enumerable.Range(0, count).Select(i => Key($"s{i}"))];
}
