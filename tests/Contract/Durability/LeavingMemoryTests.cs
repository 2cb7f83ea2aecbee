using Snakepit.Protocol.Administration;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Contract.Support;

namespace Snakepit.Tests.Contract.Durability;

/// <summary>A server that lets sessions leave memory whenever it can: nobody may notice.</summary>
public sealed class LeavingMemoryTests : IAsyncLifetime
{
    private ServerUnderTest _server = null!;
    private BridgeClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await ServerUnderTest.StartNewAsync(new ServerSettings { IdleTime = TimeSpan.Zero });
        _client = new BridgeClient(_server.Address);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_session_that_left_memory_comes_back_as_it_was()
    {
        var session = _client.NewSession();
        var setting = session.Registering("x", Json.Integer(1));
        setting.RequestId = "once";
        var registered = await session.RegisterAsync(setting);
        await session.RegisterAsync("y", 0);
        await session.DependAsync("y", "x");
        await session.SetAsync("x", 2);
        await UntilInactiveAsync(session);

        using (var resumed = await session.ResumeAsync(registered.Revision))
        {
            Assert.Equal(
                ["registered", "value_change", "dependency_change"],
                (await resumed.TakeAsync(3)).Select(update => update.UpdateType));
        }

        await Eventually.TrueAsync(
            async () => (await session.DescribeAsync()).WatcherCount == 0, "the watcher has left");
        await UntilInactiveAsync(session);
        Assert.Equal(registered, await session.RegisterAsync(setting));
        await UntilInactiveAsync(session);
        await session.DeleteAsync("x").RefusedAsync(RpcCode.FailedPrecondition, "x has dependents: y");
        Assert.Equal(2, (await session.SetAsync("x", 3)).NewVersion);
        await UntilInactiveAsync(session);
        Assert.Equal(["3", "2", "1"], (await session.HistoryAsync("x")).Select(entry => entry.Value.Text()));
    }

    [Fact]
    public async Task A_watched_session_stays_and_its_watch_goes_on()
    {
        var (watched, other) = (_client.NewSession(), _client.NewSession());
        await watched.RegisterAsync("x", 0);
        await other.RegisterAsync("x", 0);
        using var watch = await watched.WatchAsync();
        await UntilInactiveAsync(other);

        var set = await watched.SetAsync("x", 1);

        Assert.Equal(set.Revision, (await watch.NextAsync("value_change")).Revision);
    }

    [Fact]
    public async Task Among_writers_and_watchers_that_come_and_go_nothing_is_lost_or_repeated()
    {
        var session = _client.NewSession();
        var revision = (await session.RegisterAsync("x", 0)).Revision;
        var clock = _client.NewSession();
        var sets = 0;

        // Each time that the other session has left memory, this one could have left it too, in the middle of it all.
        for (var round = 0; round < 4; round++)
        {
            await clock.RegisterAsync("x", 0);
            var left = UntilInactiveAsync(clock);
            do
            {
                using var watch = session.Watch(new WatchVariablesRequest { FromRevision = revision });
                await Task.WhenAll(session.SetAsync("x", 1), session.SetAsync("x", 2));
                sets += 2;
                Assert.Equal(++revision, (await watch.NextAsync("value_change")).Revision);
                Assert.Equal(++revision, (await watch.NextAsync("value_change")).Revision);
            }
            while (!left.IsCompleted);
            await left;
        }

        Assert.Equal(sets, (await session.GetAsync("x")).Version);
    }

    private Task UntilInactiveAsync(SessionClient session) => Eventually.TrueAsync(
        async () => !(await _client.CallAsync<ListSessionsResponse>(
            BridgeClient.SessionsService, "ListSessions", new ListSessionsRequest { Pattern = session.Id })).Sessions.Single().Active,
        "the session has left memory");
}
