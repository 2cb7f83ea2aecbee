using Snakepit.Bridge.Access;
using Snakepit.Protocol.Access;
using Snakepit.Protocol.Bridge;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Unit.Access;

public sealed class UsageTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public void A_bucket_gives_its_reserve_at_once_and_its_rate_from_then_on()
    {
        var bucket = new RateBucket(2, 4, _clock);
        Assert.All(Enumerable.Range(0, 4), _ => Assert.Null(bucket.TryTake(1)));
        Assert.Equal(TimeSpan.FromSeconds(0.5), bucket.TryTake(1));
        _clock.Advance(TimeSpan.FromSeconds(0.5));
        Assert.Null(bucket.TryTake(1));
        Assert.NotNull(bucket.TryTake(1));
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.True(bucket.IsFull);
        Assert.All(Enumerable.Range(0, 4), _ => Assert.Null(bucket.TryTake(1)));
        Assert.NotNull(bucket.TryTake(1));
    }

    [Fact]
    public void What_is_taken_beyond_the_reserve_is_paid_for_later()
    {
        var bucket = new RateBucket(100, 100, _clock);
        Assert.Null(bucket.TryTake(1_000));
        Assert.Equal(TimeSpan.FromSeconds(9.01), bucket.TryTake(1));
        _clock.Advance(TimeSpan.FromSeconds(9.01));
        Assert.Null(bucket.TryTake(1));
    }

    [Fact]
    public void Counters_of_many_sessions_stay_bounded()
    {
        var table = new UsageTable<int, SessionQuota>((quota, before) => new Usage(quota.CallsPerSecond, null, null, _clock, before));
        var quota = new SessionQuota(1, null);
        var watched = table.Of(-1, quota);
        Assert.True(watched.Watches.TryBegin(1));
        for (var i = 0; i < 300_000; i++)
        {
            table.Of(i, quota).Calls!.TryTake(1);
            Assert.InRange(table.Count, 1, 100_001);
        }

        Assert.Same(watched, table.Of(-1, quota));
        Assert.False(watched.Watches.TryBegin(1));
    }

    [Fact]
    public void A_limit_that_has_changed_holds_from_the_next_call_on()
    {
        var limits = new CallLimits(() => null, _clock);
        Assert.Null(limits.Count(Bob(1), null, new PingRequest()));
        Assert.Equal("the limit of 1 calls a second of bob is reached", limits.Count(Bob(1), null, new PingRequest())!.Message);
        Assert.Null(limits.Count(Bob(2), null, new PingRequest()));
        Assert.Null(limits.Count(Principal.Unrestricted, "s", new PingRequest()));
    }

    [Fact]
    public void Watches_that_are_open_when_limits_change_are_counted_and_give_back_what_they_took()
    {
        SessionQuota? quota = new(null, Watchers: 2);
        var limits = new CallLimits(() => quota, _clock);
        var first = Opened(limits, Watching(2));
        var second = Opened(limits, Watching(2));

        // More may be open than before; those that are count.
        quota = new SessionQuota(null, Watchers: 3);
        var third = Opened(limits, Watching(3));
        Assert.Equal("the limit of 3 open watches of bob is reached", limits.BeginWatch(Watching(3), "s").Beyond!.Message);

        // And fewer.
        quota = new SessionQuota(null, Watchers: 2);
        first.Dispose();
        first.Dispose();
        Assert.Equal("the limit of 2 open watches of bob is reached", limits.BeginWatch(Watching(2), "s").Beyond!.Message);
        Assert.Equal("the limit of 2 watchers of one session is reached", limits.BeginWatch(Watching(3), "s").Beyond!.Message);
        second.Dispose();
        third.Dispose();
        Opened(limits, Watching(2)).Dispose();
    }

    [Fact]
    public void A_watch_that_began_without_a_limit_gives_nothing_back_under_one()
    {
        SessionQuota? quota = null;
        var limits = new CallLimits(() => quota, _clock);
        var free = Opened(limits, Watching(null));

        quota = new SessionQuota(null, Watchers: 1);
        var counted = Opened(limits, Watching(1));
        free.Dispose();
        Assert.NotNull(limits.BeginWatch(Watching(1), "s").Beyond);
        Assert.NotNull(limits.BeginWatch(Watching(null), "s").Beyond);

        // And the other way round: none holds when it ends.
        quota = null;
        counted.Dispose();
        quota = new SessionQuota(null, Watchers: 1);
        Opened(limits, Watching(1)).Dispose();
    }

    private static WatchLease Opened(CallLimits limits, Principal principal)
    {
        var (lease, beyond) = limits.BeginWatch(principal, "s");
        Assert.Null(beyond);
        return lease!;
    }

    private static Principal Watching(int? most) => new("bob", "", [], new CallerLimits { OpenWatches = most });

    private static Principal Bob(double rate) => new("bob", "", [], new CallerLimits { CallsPerSecond = rate });
}
