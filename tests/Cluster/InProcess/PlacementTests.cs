using Snakepit.Sessions;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Cluster.InProcess;

public sealed class PlacementTests(ClusterDatabase database) : ClusterTests(database)
{
    [Fact]
    public async Task One_silo_serves_sessions_and_their_watches()
    {
        var gateway = (await StartAsync(new ClusterSettings())).Gateway;
        var key = Key("s");
        await gateway.OkAsync(key, Ask.Initialize(), Ask.Register("x", "1"));
        var watch = await gateway.WatchAsync(key);
        await gateway.OkAsync(key, Ask.Set("x", "2"), Ask.Set("x", "3"));
        await watch.IsWholeAsync(3);
        Assert.Equal("3", await gateway.ValueAsync(key, "x"));
        await gateway.OkAsync(key, Ask.CleanUp());
        Assert.Equal("session s ended", (await watch.EndAsync()).Message);
        Assert.Equal(RefusalKind.NotFound, (await gateway.RefusedAsync(key, Ask.Get("x"))).Kind);
    }

    [Fact]
    public async Task Three_silos_each_have_some_of_the_sessions_and_each_session_is_on_one()
    {
        var cluster = await StartAsync(new ClusterSettings { Silos = 3 });
        var keys = Keys(300);
        await Task.WhenAll(keys.Select(async (key, i) =>
        {
            await cluster.Gateway.OkAsync(key, Ask.Register("x", $"{i}"), Ask.Set("x", $"{i + 1_000}"));
            Assert.Equal($"{i + 1_000}", await cluster.Gateway.ValueAsync(key, "x"));
        }));

        Assert.All(cluster.ActiveCounts, count => Assert.InRange(count, 1, 299));
        Assert.Equal(300, cluster.ActiveCounts.Sum());
        Assert.Equal(300, await cluster.CountGrainsAsync());
        var found = await cluster.Gateway.Sessions.FindActiveAsync([.. keys, Key("never")], TestContext.Current.CancellationToken);
        Assert.Equal(keys.ToHashSet(), found.Keys.ToHashSet());
    }
}
