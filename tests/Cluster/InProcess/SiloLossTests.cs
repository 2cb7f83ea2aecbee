using System.Diagnostics;
using Snakepit.Protocol.Bridge;
using Snakepit.Sessions;
using Snakepit.Tests.Contract.Support;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Cluster.InProcess;

/// <summary>Silos that go under load: the callers see nothing but a delay, the watchers nothing at all.</summary>
public sealed class SiloLossTests(ClusterDatabase database, ITestOutputHelper output) : ClusterTests(database)
{
    private const int Sessions = 12;
    private const int Writers = 20;
    private const int Watchers = 50;

    [Fact]
    public async Task A_silo_that_is_killed_loses_no_acknowledged_write_and_breaks_no_watch()
    {
        var cluster = await StartAsync(new ClusterSettings { Silos = 3 });
        var keys = Keys(Sessions);
        var load = await Load.StartAsync(cluster.Gateway, keys, Writers);
        var watches = await WatchAsync(cluster, keys);
        load.Run();
        await load.AnsweredAsync(20);

        // The one that has most of them.
        var killed = cluster.Orleans.Silos.MaxBy(silo => TestedCluster.SessionsOf(silo).Directory.ActiveCount)!;
        Assert.True(TestedCluster.SessionsOf(killed).Directory.ActiveCount > 0);
        var (before, since) = (load.Answered, Stopwatch.GetTimestamp());
        await cluster.Orleans.KillSiloAsync(killed);
        var gone = Stopwatch.GetElapsedTime(since);
        await load.AnsweredAsync(20);
        await load.StopAsync();
        output.WriteLine(
            $"{before} calls before the kill, which took {gone.TotalSeconds:0.00} s; {load.Answered - before} after it; the longest took {load.Longest.TotalSeconds:0.00} s");
        Assert.InRange(load.Longest, TimeSpan.Zero, TimeSpan.FromSeconds(15));

        await load.IsAllThereAsync();
        await AreWholeAsync(load, watches);
    }

    [Fact]
    public async Task A_rolling_restart_of_all_silos_loses_nothing_refuses_nothing_and_breaks_no_watch()
    {
        var cluster = await StartAsync(new ClusterSettings { Silos = 3 });
        var keys = Keys(Sessions);
        var load = await Load.StartAsync(cluster.Gateway, keys, Writers);
        var watches = await WatchAsync(cluster, keys);
        load.Run();
        foreach (var silo in cluster.Orleans.Silos.ToList())
        {
            await load.AnsweredAsync(10);
            var since = Stopwatch.GetTimestamp();
            await cluster.Orleans.StopSiloAsync(silo);
            output.WriteLine($"stopping {silo.Name} took {Stopwatch.GetElapsedTime(since).TotalSeconds:0.00} s");
            await cluster.StartSiloAsync();
        }

        await load.AnsweredAsync(10);
        await load.StopAsync();
        output.WriteLine($"{load.Answered} calls; the longest took {load.Longest.TotalSeconds:0.00} s");
        await load.IsAllThereAsync();
        await AreWholeAsync(load, watches);
    }

    [Fact]
    public async Task A_watched_session_with_a_short_time_to_live_outlives_its_silo()
    {
        const int Ttl = 3;
        var cluster = await StartAsync(new ClusterSettings { Silos = 2 });
        var (key, config) = (Key("short"), new SessionConfig { TtlSeconds = Ttl });
        await cluster.Gateway.OkAsync(key, new InitializeSessionRequest { SessionId = key.SessionId, Config = config }, Ask.Register("x"));
        var watch = await cluster.Gateway.WatchAsync(key);
        await Eventually.TrueAsync(
            async () => (await cluster.Gateway.Store.LoadAsync(key, default)).ExpiresAt >= DateTimeOffset.UtcNow + TimeSpan.FromSeconds(10 * Ttl),
            "an expiry is stored for the watcher's sake");
        await cluster.Orleans.KillSiloAsync(cluster.OwnerOf(key));

        // That time passes and nobody calls is what this is about.
        await Task.Delay(TimeSpan.FromSeconds(3 * Ttl));
        Assert.True(watch.IsOpen);
        var set = await cluster.Gateway.OkAsync<SetVariableResponse>(key, Ask.Set("x", "1"));
        await watch.IsWholeAsync(set.Revision);
    }

    private static async Task<List<(SessionKey Key, RecordedWatch Watch)>> WatchAsync(TestedCluster cluster, List<SessionKey> keys)
    {
        var watches = await Task.WhenAll(Enumerable.Range(0, Watchers).Select(async i =>
            (Key: keys[i % keys.Count], Watch: await cluster.Gateway.WatchAsync(keys[i % keys.Count]))));
        return [.. watches];
    }

    private static async Task AreWholeAsync(Load load, List<(SessionKey Key, RecordedWatch Watch)> watches)
    {
        foreach (var (key, watch) in watches)
        {
            await watch.IsWholeAsync(load.NewestOf(key));
            Assert.True(watch.IsOpen);
        }
    }
}
