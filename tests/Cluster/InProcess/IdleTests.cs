using Snakepit.Protocol.Bridge;
using Snakepit.Sessions;
using Snakepit.Tests.Contract.Support;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Cluster.InProcess;

/// <summary>What leaves memory, and comes back.</summary>
public sealed class IdleTests(ClusterDatabase database) : ClusterTests(database)
{
    private static readonly ClusterSettings SoonIdle = new() { Silos = 3, IdleTime = TimeSpan.FromSeconds(1) };

    [Fact]
    public async Task Idle_sessions_leave_memory_with_their_grains_and_come_back_as_they_were_but_watched_ones_stay()
    {
        var cluster = await StartAsync(SoonIdle);
        var gateway = cluster.Gateway;
        var keys = Keys(30);
        await Task.WhenAll(keys.Select((key, i) => gateway.OkAsync(
            key, Ask.Register("x", $"{i}"), Ask.Register("y"), Ask.Depend("y", "x"), Ask.Set("x", $"{i + 100}"), Ask.Delete("y"))));
        var before = await Task.WhenAll(keys.Select(gateway.DescribeAsync));
        var watch = await gateway.WatchAsync(keys[0]);
        var owner = cluster.OwnerOf(keys[0]);

        await Eventually.TrueAsync(() => IsAsync(cluster, inMemory: 1), "only the watched session is in memory");
        Assert.True(TestedCluster.SessionsOf(owner).Directory.IsActive(keys[0]));
        await gateway.OkAsync(keys[0], Ask.Set("x", "1"));
        await watch.IsWholeAsync(before[0].Revision + 1);

        var after = await Task.WhenAll(keys.Select(gateway.DescribeAsync));
        foreach (var (was, isNow) in before.Zip(after).Skip(1))
        {
            Assert.Equal((was.Revision, was.VariableCount, was.CreatedAt), (isNow.Revision, isNow.VariableCount, isNow.CreatedAt));
        }

        Assert.Equal(Enumerable.Range(1, 29).Select(i => $"{i + 100}"), await Task.WhenAll(keys.Skip(1).Select(key => gateway.ValueAsync(key, "x"))));
        await watch.LeaveAsync();
        await Eventually.TrueAsync(() => IsAsync(cluster, inMemory: 0), "nothing is in memory");
    }

    [Fact]
    public async Task A_session_that_ended_or_never_was_leaves_no_activation_behind()
    {
        var cluster = await StartAsync(new ClusterSettings { Silos = 3 });
        var keys = Keys(30);
        await Task.WhenAll(keys.Select(key => cluster.Gateway.OkAsync(key, Ask.Register("x"))));
        var watch = await cluster.Gateway.WatchAsync(keys[0]);
        Assert.Equal(30, await cluster.CountGrainsAsync());

        await Task.WhenAll(keys.Select(key => cluster.Gateway.OkAsync(key, Ask.CleanUp())));
        Assert.Equal("session s0 ended", (await watch.EndAsync()).Message);
        foreach (var never in Enumerable.Range(0, 30))
        {
            Assert.Equal(RefusalKind.NotFound, (await cluster.Gateway.RefusedAsync(Key($"never{never}"), Ask.Get("x"))).Kind);
        }

        await Eventually.TrueAsync(() => IsAsync(cluster, inMemory: 0), "nothing is in memory");
    }

    [Fact]
    public async Task A_session_whose_loading_outlasts_sweeps_keeps_its_activation_and_is_loaded_once()
    {
        InterceptedStore store = null!;
        var cluster = await StartAsync(new ClusterSettings { Store = inner => store = new InterceptedStore(inner) });
        var loading = store.StopBefore(StoreVerb.Load);
        var registering = cluster.Gateway.OkAsync(Key("s"), Ask.Register("x", "5"));
        await loading.Reached;

        var swept = store.Calls(StoreVerb.ListExpired);
        await Eventually.TrueAsync(() => Task.FromResult(store.Calls(StoreVerb.ListExpired) >= swept + 3), "the silo swept");
        loading.Continue();
        await registering;
        Assert.Equal("5", await cluster.Gateway.ValueAsync(Key("s"), "x"));
        Assert.Equal(1, store.Calls(StoreVerb.Load));
    }

    [Fact]
    public async Task A_session_that_expires_is_ended_by_the_sweep_and_leaves_no_activation_behind()
    {
        var cluster = await StartAsync(SoonIdle);
        var keys = Keys(10);
        await Task.WhenAll(keys.Select(key => cluster.Gateway.OkAsync(key, Ask.Initialize(ttlSeconds: 6), Ask.Register("x"))));
        var watch = await cluster.Gateway.WatchAsync(keys[0]);
        await Eventually.TrueAsync(() => IsAsync(cluster, inMemory: 1), "only the watched session is in memory");
        var rows = (long)(await ClusterDatabase.QueryAsync(Schema, "SELECT count(*) FROM sessions"))!;
        await Eventually.TrueAsync(
            async () => 1L.Equals(await ClusterDatabase.QueryAsync(Schema, "SELECT count(*) FROM sessions")),
            $"of {rows} sessions stored only the watched one is left");
        Assert.True(watch.IsOpen);
        Assert.True((await cluster.Gateway.OkAsync<HeartbeatResponse>(keys[0], Ask.Beat())).SessionValid);
    }

    private static async Task<bool> IsAsync(TestedCluster cluster, int inMemory) =>
        cluster.ActiveCounts.Sum() == inMemory && await cluster.CountGrainsAsync() == inMemory;
}
