using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Unit.Watching;

public sealed class HeartbeatTests : WatchTests
{
    [Fact]
    public async Task A_silent_watch_promises_the_revision_up_to_which_all_that_matches_was_sent()
    {
        await OkAsync(Ask.Register("x"), Ask.Register("y"));
        var watch = await WatchAsync(Ask.Watch(null, "y"));
        var all = await WatchAsync();
        await OkAsync(Ask.Set("y", "1"));
        Assert.Equal([3], await watch.RevisionsAsync(1));
        await SetAsync(1, 20);
        Assert.Equal(20, (await all.Responses.NextAsync(21)).Count(update => update.Variable.Name == "x"));

        // While it was not woken yet for what it leaves out, it promises less, and that at the next beat.
        var heartbeat = await BeatAsync(watch);
        for (var beats = 1; beats < 1_000 && heartbeat.Revision < 23; beats++)
        {
            heartbeat = await BeatAsync(watch);
        }

        Assert.Equal(Clock.GetUtcNow(), heartbeat.Timestamp.ToDateTimeOffset());
        Assert.Equal(23, heartbeat.Revision);
        await OkAsync(Ask.Set("y", "2"));
        Assert.Equal([24], await watch.RevisionsAsync(1));
    }

    [Fact]
    public async Task A_watch_that_is_not_silent_sends_no_heartbeat()
    {
        await OkAsync(Ask.Register("x"));
        var watch = await WatchAsync();
        Clock.Advance(Watching.Heartbeat - TimeSpan.FromSeconds(1));
        Hub.Sweep();
        await SetAsync(1, 1);
        Assert.Equal([2], await watch.RevisionsAsync(1));
        Clock.Advance(TimeSpan.FromSeconds(1));
        Hub.Sweep();
        await SetAsync(2, 2);
        Assert.Equal([3], await watch.RevisionsAsync(1));
    }

    /// <summary>A watch is swept until it waits again: only a watch that waits is silent.</summary>
    private async Task<Protocol.Bridge.VariableUpdate> BeatAsync(Open watch)
    {
        var next = watch.Responses.NextAsync();
        Clock.Advance(Watching.Heartbeat);
        while (!next.IsCompleted)
        {
            Hub.Sweep();
            await Task.Yield();
        }

        return await next;
    }
}
