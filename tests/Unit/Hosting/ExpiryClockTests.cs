using Snakepit.Storage;
using Snakepit.Tests.Unit.Support;

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

    [Fact]
    public void What_is_recent_by_another_clock_is_what_is_now()
    {
        var manual = new ManualClock();
        var clock = new ExpiryClock(manual);
        for (var n = 0; n < 3; n++)
        {
            manual.Advance(TimeSpan.FromTicks(1));
            Assert.Equal(clock.Now, clock.Recent);
            Assert.Equal(manual.GetUtcNow(), clock.Recent.Latest);
        }
    }

    [Fact]
    public void What_is_recent_by_the_systems_clock_goes_on_with_its_ticks_and_is_never_ahead()
    {
        var clock = new ExpiryClock(TimeProvider.System);
        var first = clock.Recent.Latest;
        var last = first;
        var end = Environment.TickCount64 + 100;
        while (Environment.TickCount64 < end)
        {
            var recent = clock.Recent.Latest;
            Assert.InRange(recent, last, clock.Now.Latest);
            last = recent;
        }

        // The tick at the end is behind a hundred milliseconds.
        Assert.True(clock.Recent.Latest - first >= TimeSpan.FromMilliseconds(50), $"from {first:O} to {last:O}");
    }

    private sealed class SettableDay : TimeProvider
    {
        private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => _now;

        public override long GetTimestamp() => 0;

        public void Set(TimeSpan further) => _now += further;
    }
}
