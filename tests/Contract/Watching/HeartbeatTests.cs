using Snakepit.Protocol.Bridge;
using Snakepit.Tests.Contract.Support;

namespace Snakepit.Tests.Contract.Watching;

/// <summary>A watch with nothing to tell says so, and how far it has come.</summary>
public sealed class HeartbeatTests : IAsyncLifetime
{
    private ServerUnderTest _server = null!;
    private BridgeClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await ServerUnderTest.StartNewAsync(new ServerSettings { Heartbeat = TimeSpan.FromMilliseconds(100) });
        _client = new BridgeClient(_server.Address);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task An_idle_watch_tells_the_time_and_its_revision_again_and_again()
    {
        var session = _client.NewSession();
        var registered = await session.RegisterAsync("x", 0);
        using var watch = await session.WatchAsync();

        var first = await watch.NextAsync("heartbeat");
        var second = await watch.NextAsync("heartbeat");

        Assert.Equal([registered.Revision, registered.Revision], new[] { first.Revision, second.Revision });
        Assert.True(second.Timestamp > first.Timestamp);
        Assert.Null(second.Variable);
        Assert.InRange(second.Timestamp.ToDateTimeOffset() - first.Timestamp.ToDateTimeOffset(), TimeSpan.FromMilliseconds(90), TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task A_heartbeat_moves_past_changes_that_are_not_watched()
    {
        var session = _client.NewSession();
        await session.RegisterAsync("x", 0);
        await session.RegisterAsync("noise", 0);
        using var watch = await session.WatchAsync("x");
        var noise = await session.SetAsync("noise", 1);

        await UntilAsync(watch, noise.Revision);
    }

    [Fact]
    public async Task From_any_heartbeats_revision_a_client_resumes_without_gap_or_repeat()
    {
        var session = _client.NewSession();
        await session.RegisterAsync("x", 0);
        await session.RegisterAsync("y", 0);
        using var stop = new CancellationTokenSource();
        var noise = Task.Run(async () =>
        {
            for (var n = 1; !stop.IsCancellationRequested; n++)
            {
                await session.SetAsync("y", n);
            }
        });

        // What a watch goes on to tell after a heartbeat, one that resumes from that heartbeat tells too.
        for (var round = 0; round < 10; round++)
        {
            using var watch = await session.WatchAsync("x");
            var heartbeat = await watch.NextAsync("heartbeat");
            var setting = session.SetAsync("x", round);
            using var resumed = await session.WatchAsync(
                new WatchVariablesRequest { VariableIdentifiers = { "x" }, FromRevision = heartbeat.Revision });

            var set = await setting;
            Assert.True(set.Revision > heartbeat.Revision, $"{set.Revision} had been promised at {heartbeat.Revision}");
            Assert.Equal(set.Revision, await NextChangeAsync(watch));
            Assert.Equal(set.Revision, await NextChangeAsync(resumed));
        }

        await stop.CancelAsync();
        await noise;
    }

    [Fact]
    public async Task No_heartbeat_promises_what_an_open_window_holds_back()
    {
        var session = _client.NewSession();
        await session.RegisterAsync("x", 0);
        using var watch = await session.WatchAsync(new WatchVariablesRequest { MinIntervalMs = 500 });
        await watch.NextAsync("heartbeat");

        var set = await session.SetAsync("x", 1);

        var update = await watch.NextAsync();
        while (update.UpdateType == "heartbeat")
        {
            Assert.True(update.Revision < set.Revision, "a heartbeat came before the change it promises");
            update = await watch.NextAsync();
        }

        Assert.Equal(set.Revision, update.Revision);
        await UntilAsync(watch, set.Revision);
    }

    [Fact]
    public async Task Heartbeats_come_whatever_the_update_types()
    {
        var session = _client.NewSession();
        await session.RegisterAsync("x", 0);
        using var watch = await session.WatchAsync(new WatchVariablesRequest { UpdateTypes = { "deleted" } });
        var set = await session.SetAsync("x", 1);

        await UntilAsync(watch, set.Revision);
    }

    private static async Task UntilAsync(WatchClient watch, long revision)
    {
        while ((await watch.NextAsync("heartbeat")).Revision < revision)
        {
            // Not yet there.
        }
    }

    private static async Task<long> NextChangeAsync(WatchClient watch)
    {
        while (true)
        {
            var update = await watch.NextAsync();
            if (update.UpdateType != "heartbeat")
            {
                return update.Revision;
            }
        }
    }
}
