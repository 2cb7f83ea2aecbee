using Snakepit.Bridge.Tools;
using Snakepit.Sidecar.Workers;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Workers;

public sealed class WorkerOutputTests
{
    [Fact]
    public async Task A_line_has_a_bounded_length_and_the_last_needs_no_end()
    {
        var lines = new List<string>();
        var text = $"one\r\n{new string('x', OutputLines.MaxLength + 7)}\n\nlast";
        await OutputLines.ReadAsync(new StringReader(text), lines.Add, default);
        Assert.Equal(["one", $"{new string('x', OutputLines.MaxLength)}… (7 characters more)", "", "last"], lines);
    }

    [Fact]
    public void So_many_lines_a_second_are_let_through_and_the_others_counted()
    {
        var clock = new ManualClock();
        var rate = new OutputRate(clock);
        for (var line = 0; line < OutputRate.LinesPerSecond; line++)
        {
            Assert.True(rate.TryTake(out _));
        }

        Assert.False(rate.TryTake(out _));
        Assert.False(rate.TryTake(out _));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(rate.TryTake(out var leftOut));
        Assert.Equal(2, leftOut);
        Assert.Equal(0, rate.TakeLeftOut());
    }

    [Fact]
    public void The_session_used_least_recently_is_forgotten_first()
    {
        var affinity = new SessionAffinity(limit: 2, TimeSpan.FromHours(1), new ManualClock());
        var worker = new PoolWorker("w", 1, 1, null!, new CallTally());
        affinity.Remember("a", worker);
        affinity.Remember("b", worker);
        affinity.Remember("a", worker);
        affinity.Remember("c", worker);
        Assert.Equal(
            (true, false, true, 2),
            (affinity.TryFind("a", out _), affinity.TryFind("b", out _), affinity.TryFind("c", out _), affinity.Count));
    }

    [Fact]
    public void A_pause_is_between_half_and_all_of_its_length_and_the_shortest_again_after_a_reset()
    {
        var (short_, long_) = (new BackOff(() => 0), new BackOff(() => 1));
        Assert.Equal((0.25, 0.5), (short_.Next().TotalSeconds, long_.Next().TotalSeconds));
        Assert.Equal((0.5, 1), (short_.Next().TotalSeconds, long_.Next().TotalSeconds));
        for (var next = 0; next < 100; next++)
        {
            Assert.InRange(long_.Next(), BackOff.Shortest, BackOff.Longest);
        }

        long_.Reset();
        Assert.Equal(BackOff.Shortest, long_.Next());
    }
}
