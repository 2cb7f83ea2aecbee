using System.Globalization;
using Snakepit.Protocol.Bridge;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Unit.Watching;

public sealed class IntervalTests : WatchTests
{
    [Fact]
    public async Task A_watch_with_an_interval_sends_merged_changes_that_join_without_a_gap()
    {
        await OkAsync(Ask.Register("x"));
        var request = Ask.Watch();
        request.MinIntervalMs = 1_000;
        var watch = await WatchAsync(request);
        await SetAsync(1, 20);
        var (seen, merged) = ("0", 0);
        while (seen != "20")
        {
            var update = await NextAsync(watch);
            Assert.Equal(seen, update.OldValue.Value.ToStringUtf8());
            seen = Json(update);
            merged += int.Parse(update.UpdateMetadata.GetValueOrDefault("coalesced", "1"), CultureInfo.InvariantCulture);
        }

        Assert.Equal(20, merged);
    }

    [Fact]
    public async Task An_open_window_sends_no_heartbeat_that_would_promise_what_it_holds_back()
    {
        var watch = await HoldBackAsync(intervalMs: 60_000);
        Clock.Advance(Watching.Heartbeat);
        Hub.Sweep();
        Clock.Advance(Watching.Heartbeat);
        Assert.Equal([2], await watch.RevisionsAsync(1));
    }

    /// <summary>The next update, for which a window must close, however much of what came was in the last.</summary>
    private async Task<VariableUpdate> NextAsync(Open watch)
    {
        var next = watch.Responses.NextAsync();
        while (!next.IsCompleted)
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        return await next;
    }
}
