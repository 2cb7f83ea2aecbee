using Snakepit.Bridge.Watching;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Unit.Watching;

/// <summary>What a feed leaves of the time to others when it has much to tell.</summary>
public sealed class FeedRestTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly ManualClock _clock = new();
    private readonly FeedRig _rig;

    public FeedRestTests() => _rig = new FeedRig(ringUpdates: 4, _clock);

    [Theory]
    [InlineData(5, 5)]
    [InlineData(1_000, 10)]
    public async Task A_round_that_was_long_is_followed_by_a_rest_in_which_more_gathers(int round, int rest)
    {
        var watcher = _rig.Add(0);
        Assert.Equal(FeedStep.Parked, _rig.Take(watcher, out _));
        var woken = WakeAsync(watcher, TimeSpan.FromMilliseconds(round));
        _rig.Hear(_rig.Commit(1));
        await woken.WaitAsync(Deadline);
        Assert.Equal(TimeSpan.FromMilliseconds(rest), await _clock.TimerSetAsync());

        Assert.Equal([1], Take(watcher));
        Assert.Equal(FeedStep.Parked, _rig.Take(watcher, out _));
        _rig.Hear(_rig.Commit(1));
        _rig.Hear(_rig.Commit(1));
        _clock.Advance(TimeSpan.FromMilliseconds(rest - 1));
        Assert.True(watcher.IsParked);

        woken = WakeAsync(watcher, TimeSpan.Zero);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        await woken.WaitAsync(Deadline);
        Assert.Equal([2, 3], Take(watcher));
    }

    [Fact]
    public async Task What_comes_behind_a_rest_is_told_at_once()
    {
        var watcher = _rig.Add(0);
        Assert.Equal(FeedStep.Parked, _rig.Take(watcher, out _));
        var woken = WakeAsync(watcher, TimeSpan.FromMilliseconds(5));
        _rig.Hear(_rig.Commit(1));
        await woken.WaitAsync(Deadline);
        await _clock.TimerSetAsync();
        Assert.Equal([1], Take(watcher));
        Assert.Equal(FeedStep.Parked, _rig.Take(watcher, out _));
        _clock.Advance(TimeSpan.FromMilliseconds(5));

        woken = WakeAsync(watcher, TimeSpan.Zero);
        _rig.Hear(_rig.Commit(1));
        await woken.WaitAsync(Deadline);
        Assert.Equal([2], Take(watcher));
    }

    // What goes on as long as the watcher, once woken, keeps the round.
    private async Task WakeAsync(Watcher watcher, TimeSpan keeping)
    {
        await watcher.WaitAsync().ConfigureAwait(false);
        _clock.Advance(keeping);
    }

    private List<long> Take(Watcher watcher)
    {
        Assert.Equal(FeedStep.Updates, _rig.Take(watcher, out var revisions));
        return revisions;
    }
}
