using Snakepit.Storage.Hosting;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Unit.Hosting;

/// <summary>A watched session with a short TTL, where its owner can die and another take it over.</summary>
public sealed class WatchedExpiryTests : HostTests
{
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Slack = Ttl / 10;
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(45);

    public WatchedExpiryTests() =>
        Policy = new HostPolicy { ConfirmedFor = TimeSpan.FromSeconds(5), StoredWhileWatched = Watched };

    [Fact]
    public async Task The_store_always_has_an_expiry_that_outlasts_the_search_of_watchers_for_a_new_owner()
    {
        await WatchAsync();
        for (var i = 0; i < 100; i++)
        {
            await SweepAfterAsync(Second);
            Assert.InRange(await StoredExpiryAsync(), Clock.GetUtcNow() + (Watched * 2 / 3), Clock.GetUtcNow() + Watched);
        }

        Assert.InRange(Store.Touched.Count, 5, 12);
    }

    [Fact]
    public async Task Whoever_takes_it_over_keeps_it_until_its_watchers_have_found_it()
    {
        await WatchAsync();
        for (var i = 0; i < 20; i++)
        {
            await SweepAfterAsync(Second);
        }

        Crash();
        await OkAsync(Ask.Get("x"));
        for (var i = 0; i < 29; i++)
        {
            await SweepAfterAsync(Second);
        }

        Assert.Equal(1, Store.Count);
        Assert.NotNull((await HostAsync()).TrySubscribe(new OneWatcher()));
        for (var i = 0; i < 60; i++)
        {
            await SweepAfterAsync(Second);
        }

        Assert.Equal(1, Store.Count);
    }

    [Fact]
    public async Task Leaving_a_silo_in_good_order_gives_the_watchers_the_same_time()
    {
        await WatchAsync();
        await Sessions.LeaveAsync(Key, CancellationToken.None);
        Assert.Equal(Clock.GetUtcNow() + Watched, await StoredExpiryAsync());
    }

    [Fact]
    public async Task When_the_last_watcher_has_left_the_session_ends_as_soon_as_any_other()
    {
        var watcher = await WatchAsync();
        await SweepAfterAsync(Second);
        (await HostAsync()).Unsubscribe(watcher);
        await SweepAfterAsync(Second);
        Assert.Equal(Clock.GetUtcNow() + Ttl + Slack, await StoredExpiryAsync());

        await SweepAfterAsync(Ttl - Second);
        Assert.Equal(1, Store.Count);
        await SweepAfterAsync(Slack + Second);
        Assert.Equal(0, Store.Count);
    }

    [Fact]
    public async Task A_long_time_to_live_is_stored_no_more_often_for_a_watcher()
    {
        await OkAsync(Ask.Initialize(ttlSeconds: 3600), Ask.Register("x"));
        (await HostAsync()).TrySubscribe(new OneWatcher());
        for (var i = 0; i < 60; i++)
        {
            await SweepAfterAsync(Second);
        }

        Assert.InRange(Store.Touched.Count, 1, 3);
    }

    private async Task<OneWatcher> WatchAsync()
    {
        await OkAsync(Ask.Initialize(ttlSeconds: (int)Ttl.TotalSeconds), Ask.Register("x"));
        var watcher = new OneWatcher();
        Assert.NotNull((await HostAsync()).TrySubscribe(watcher));
        await SweepAfterAsync(Second);
        return watcher;
    }

    private async Task SweepAfterAsync(TimeSpan time)
    {
        Clock.Advance(time);
        await Sessions.SweepAsync(CancellationToken.None);
        await Sessions.SweepAsync(CancellationToken.None);
    }

    private async Task<DateTimeOffset> StoredExpiryAsync() => (await Store.LoadAsync(Key, default)).ExpiresAt;
}
