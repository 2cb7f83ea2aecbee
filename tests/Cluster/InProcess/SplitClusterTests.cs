using Snakepit.Protocol.Bridge;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Cluster.InProcess;

/// <summary>Two clusters on one store, which know nothing of each other: two activations of each session for good.</summary>
public sealed class SplitClusterTests(ClusterDatabase database) : ClusterTests(database)
{
    [Fact]
    public async Task Two_activations_of_one_session_write_each_acknowledged_value_once_and_all_watchers_see_all()
    {
        var clusters = new[] { await StartAsync(new ClusterSettings()), await StartAsync(new ClusterSettings()) };
        var key = Key("s");
        await clusters[0].Gateway.OkAsync(key, Ask.Register("x", "0"));
        var watches = await Task.WhenAll(clusters.Select(cluster => cluster.Gateway.WatchAsync(key)));
        Assert.All(clusters, cluster => Assert.Equal([1], cluster.ActiveCounts));

        var replies = await Task.WhenAll(Enumerable.Range(1, 100).Select(async i =>
        {
            var set = await clusters[i % 2].Gateway.OkAsync<SetVariableResponse>(key, Ask.Set("x", $"{i}"));
            return (Value: $"{i}", set.Revision);
        }));

        var log = await StoredLog.ReadAllAsync(clusters[0].Gateway.Store, key);
        Assert.Equal(Enumerable.Range(1, 101).Select(revision => (long)revision), log.Select(change => change.Revision));
        Assert.Equal(
            replies.OrderBy(reply => reply.Revision),
            log.Skip(1).Select(change => (change.Variable.Value.Value.ToStringUtf8(), change.Revision)));
        foreach (var watch in watches)
        {
            await watch.IsWholeAsync(101);
        }
    }
}
