using Snakepit.Bridge;
using Snakepit.Protocol.Bridge;
using Snakepit.Sessions;
using Snakepit.Storage.Hosting;
using Snakepit.Storage.Memory;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Unit.Bridge;

public sealed class EmbeddedSessionsTests
{
    [Fact]
    public async Task A_session_that_has_expired_is_not_revived_by_a_listener()
    {
        var clock = new ManualClock();
        var store = new MemoryStore();
        await using var directory = new SessionDirectory(store, SessionSettings.Default, HostPolicy.Default, clock);
        var sessions = new EmbeddedSessions(directory, store);
        var key = new SessionKey("", "s");
        await sessions.CallAsync(key, new InitializeSessionRequest { SessionId = "s" }, Requester.Unrestricted, CancellationToken.None);
        Assert.NotNull(await sessions.SubscribeAsync(key, new OneWatcher { WatcherCount = 0 }, CancellationToken.None));

        clock.Advance(TimeSpan.FromSeconds(3_601));

        Assert.Null(await sessions.SubscribeAsync(key, new OneWatcher { WatcherCount = 1 }, CancellationToken.None));
        Assert.Equal(0, store.Count);
    }
}
