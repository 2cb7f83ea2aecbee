using Snakepit.Protocol.Bridge;
using Snakepit.Sessions;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Unit.Hosting;

/// <summary>What a sweep looks at where there are many sessions.</summary>
public sealed class SweepTests : HostTests
{
    private const int Many = 3_000;
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Of_many_hosts_a_sweep_looks_at_some_and_the_next_ones_at_the_rest()
    {
        await RegisterManyAsync();
        Clock.Advance(Policy.IdleTime);
        await Sessions.SweepAsync(CancellationToken.None);
        Assert.InRange(Sessions.ActiveCount, Many / 2, Many - 1);
        for (var sweep = 0; sweep < 3; sweep++)
        {
            await Sessions.SweepAsync(CancellationToken.None);
        }

        Assert.Equal((0, Many), (Sessions.ActiveCount, Store.Count));
    }

    [Fact]
    public async Task Each_sweep_looks_at_a_watched_host_however_many_others_there_are()
    {
        await RegisterManyAsync();
        await OkAsync(Ask.Initialize(ttlSeconds: 3));
        var watcher = new OneWatcher();
        Assert.NotNull((await HostAsync()).TrySubscribe(watcher));
        for (var second = 0; second < 10; second++)
        {
            Clock.Advance(Second);
            await Sessions.SweepAsync(CancellationToken.None);
        }

        // As one whose lease runs out: nobody says that it has gone.
        watcher.WatcherCount = 0;
        Clock.Advance(Second * 2);
        await Sessions.SweepAsync(CancellationToken.None);
        Assert.True((await OkAsync<HeartbeatResponse>(Ask.Beat())).SessionValid);
    }

    [Fact]
    public async Task A_sweep_forgets_a_host_that_nobody_listens_to_any_more()
    {
        await OkAsync(Ask.Register("x"));
        var host = await HostAsync();
        var watcher = new OneWatcher();
        Assert.NotNull(host.TrySubscribe(watcher));
        await Sessions.SweepAsync(CancellationToken.None);
        Assert.Equal(1, Sessions.WatchedCount);
        host.Unsubscribe(watcher);
        await Sessions.SweepAsync(CancellationToken.None);
        Assert.Equal(0, Sessions.WatchedCount);
    }

    private async Task RegisterManyAsync()
    {
        for (var n = 0; n < Many; n++)
        {
            var key = new SessionKey("", $"s{n}");
            var answer = await Sessions.CallAsync(
                key, new RegisterVariableRequest(Ask.Register("x")) { SessionId = key.SessionId }, CancellationToken.None);
            Assert.False(answer.IsRefused);
        }
    }
}
