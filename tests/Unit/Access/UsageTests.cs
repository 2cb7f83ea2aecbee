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
        var table = new UsageTable<int, SessionQuota>(quota => new Usage(quota.CallsPerSecond, null, null, _clock));
        var quota = new SessionQuota(1, null);
        var watched = table.Of(-1, quota);
        Assert.True(watched.TryBeginWatch(1));
        for (var i = 0; i < 300_000; i++)
        {
            table.Of(i, quota).Calls!.TryTake(1);
            Assert.InRange(table.Count, 1, 100_001);
        }

        Assert.Same(watched, table.Of(-1, quota));
        Assert.False(watched.TryBeginWatch(1));
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

    private static Principal Bob(double rate) => new("bob", "", [], new CallerLimits { CallsPerSecond = rate });
}
