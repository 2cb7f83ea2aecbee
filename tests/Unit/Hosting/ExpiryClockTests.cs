using Snakepit.Storage;

namespace Snakepit.Tests.Hosting;

public sealed class ExpiryClockTests
{
    [Fact]
    public void A_clock_of_the_day_that_is_set_ends_nothing_early()
    {
        var day = new SettableDay();
        var clock = new ExpiryClock(day);
        var start = clock.Now;
        Assert.Equal(start.Earliest, start.Latest);

        day.Set(TimeSpan.FromHours(1));
        Assert.Equal((start.Earliest, start.Latest + TimeSpan.FromHours(1)), clock.Now);
        day.Set(TimeSpan.FromHours(-2));
        Assert.Equal((start.Earliest - TimeSpan.FromHours(1), start.Latest), clock.Now);
    }

    private sealed class SettableDay : TimeProvider
    {
        private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => _now;

        public override long GetTimestamp() => 0;

        public void Set(TimeSpan further) => _now += further;
    }
}
