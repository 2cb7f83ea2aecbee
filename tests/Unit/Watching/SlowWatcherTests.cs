using Google.Protobuf;
using Snakepit.Protocol.Rpc;
using Snakepit.Storage;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Unit.Watching;

public sealed class SlowWatcherTests : WatchTests
{
    [Fact]
    public async Task A_watcher_that_falls_out_of_the_ring_reads_the_log_and_is_back_without_gap_or_repeat()
    {
        var watch = await StalledAsync();
        await SetAsync(2, 50);
        Assert.Equal(0, Store.Calls(StoreVerb.ReadLog));
        watch.Responses.Release();
        Assert.Equal(Enumerable.Range(2, 50).Select(revision => (long)revision), await watch.RevisionsAsync(50));
        var reads = Store.Calls(StoreVerb.ReadLog);
        Assert.NotEqual(0, reads);
        await SetAsync(51, 56);
        Assert.Equal(Enumerable.Range(52, 6).Select(revision => (long)revision), await watch.RevisionsAsync(6));
        Assert.Equal(reads, Store.Calls(StoreVerb.ReadLog));
    }

    [Fact]
    public async Task What_comes_while_the_log_is_read_is_neither_lost_nor_repeated()
    {
        var watch = await StalledAsync();
        await SetAsync(2, 30);
        var read = Store.StopAfter(StoreVerb.ReadLog);
        watch.Responses.Release();
        await read.Reached;
        await SetAsync(31, 60);
        read.Continue();
        Assert.Equal(Enumerable.Range(2, 60).Select(revision => (long)revision), await watch.RevisionsAsync(60));
    }

    [Fact]
    public async Task What_the_log_has_before_its_owner_shows_it_is_not_sent()
    {
        var watch = await StalledAsync();
        await SetAsync(2, 30);
        var append = Store.StopAfter(StoreVerb.Append);
        var set = SetAsync(31, 31);
        await append.Reached;
        watch.Responses.Release();
        Assert.Equal(Enumerable.Range(2, 30).Select(revision => (long)revision), await watch.RevisionsAsync(30));
        while (Hub.MeasureLag().Watchers > 0)
        {
            await Task.Yield();
        }

        Assert.Equal(0, watch.Responses.Unread);
        append.Continue();
        await set;
        Assert.Equal([32], await watch.RevisionsAsync(1));
    }

    [Fact]
    public async Task A_slow_watcher_does_not_hold_up_the_writers_or_the_others()
    {
        var watch = await StalledAsync();
        var other = await WatchAsync();
        await SetAsync(2, 40);
        Assert.Equal(Enumerable.Range(3, 39).Select(revision => (long)revision), await other.RevisionsAsync(39));
        Assert.Equal(0, watch.Responses.Unread);
    }

    [Fact]
    public async Task A_watcher_that_falls_below_the_floor_is_resynced_and_goes_on()
    {
        var watch = await StalledAsync();
        await SetAsync(2, 50);
        await LeaveNothingToReplayAsync();
        watch.Responses.Release();
        var updates = await watch.Responses.NextAsync(4);
        Assert.Equal(["value_change", "resync", "initial_value", "heartbeat"], updates.Select(update => update.UpdateType));
        Assert.Equal([2, 0, 0, 51], updates.Select(update => update.Revision));
        Assert.Equal("50", Json(updates[2]));
        await SetAsync(51, 52);
        Assert.Equal([52, 53], await watch.RevisionsAsync(2));
    }

    [Fact]
    public async Task A_client_that_takes_nothing_at_all_is_given_up()
    {
        var watch = await StalledAsync();
        Clock.Advance(Watching.StallLimit - TimeSpan.FromSeconds(1));
        Hub.Sweep();
        Assert.False(watch.Status.IsCompleted);
        Clock.Advance(TimeSpan.FromSeconds(1));
        Hub.Sweep();
        Assert.Equal(new RpcStatus(RpcCode.ResourceExhausted, "the client took nothing for 600 s"), await watch.EndAsync());

        // Nobody knows how far the client came.
        Assert.Empty(watch.Call.ResponseTrailers);
        Assert.Equal(0, Hub.WatcherCount);
    }

    [Fact]
    public async Task A_client_that_has_not_taken_what_it_was_sent_is_sent_no_heartbeat_before()
    {
        var watch = await StalledAsync();
        Clock.Advance(Watching.Heartbeat);
        Hub.Sweep();
        watch.Responses.Release();
        await SetAsync(2, 2);
        Assert.Equal([2, 3], await watch.RevisionsAsync(2));
    }

    [Fact]
    public async Task A_window_that_closes_while_its_client_takes_nothing_is_sent_once_and_before_the_end()
    {
        var watch = await HoldBackAsync(intervalMs: 1_000);
        watch.Responses.Hold();
        Clock.Advance(TimeSpan.FromSeconds(1));
        await watch.Responses.Stalled;
        await SetAsync(2, 2);
        Hub.Drain();
        Assert.False(watch.Status.IsCompleted);
        watch.Responses.Release();
        Assert.Equal(RpcCode.Unavailable, (await watch.EndAsync()).Code);
        Assert.Equal([2, 3], await watch.RevisionsAsync(2));
        Assert.Equal(0, watch.Responses.Unread);
        Assert.Equal("3", watch.Trailer);
    }

    [Fact]
    public async Task Updates_that_come_together_go_out_together_however_many_they_are()
    {
        Watching = Watching with { RingUpdates = 1_024 };
        await OkAsync([.. Enumerable.Range(0, 150).Select(number => (IMessage)Ask.Register($"v{number}"))]);
        var watch = await WatchAsync();
        watch.Responses.Hold();
        await OkAsync(Ask.SetAll(atomic: true, [.. Enumerable.Range(0, 150).Select(number => ($"v{number}", "1"))]));
        await watch.Responses.Stalled;
        watch.Responses.Release();
        Assert.Equal(Enumerable.Range(151, 150).Select(revision => (long)revision), await watch.RevisionsAsync(150));
        Assert.Equal(1, watch.Responses.Flushes);
    }

    [Fact]
    public async Task A_log_that_cannot_be_read_is_tried_for_a_while()
    {
        var watch = await StalledAsync();
        await SetAsync(2, 30);
        Store.FailBefore(StoreVerb.ReadLog, outcomeUnknown: false);
        watch.Responses.Release();
        await Clock.TimerSetAsync();
        Clock.Advance(TimeSpan.FromMilliseconds(200));
        Assert.Equal(Enumerable.Range(2, 30).Select(revision => (long)revision), await watch.RevisionsAsync(30));
    }

    [Fact]
    public async Task A_log_that_cannot_be_read_for_long_ends_the_watch_where_it_is()
    {
        var watch = await StalledAsync();
        await SetAsync(2, 30);
        Store.FailBefore(StoreVerb.ReadLog, outcomeUnknown: false);
        Store.FailBefore(StoreVerb.ReadLog, outcomeUnknown: false);
        watch.Responses.Release();
        await Clock.TimerSetAsync();
        Clock.Advance(Watching.LogPatience);
        Assert.Equal(
            new RpcStatus(RpcCode.Unavailable, "the log of session s could not be read for 30 s"), await watch.EndAsync());
        Assert.Equal("2", watch.Trailer);
    }

    [Fact]
    public async Task A_log_that_ends_before_what_was_announced_is_read_again_after_a_pause_and_not_for_ever()
    {
        var watch = await StalledAsync();
        await SetAsync(2, 30);
        Store.LogEnd = 10;
        watch.Responses.Release();
        Assert.Equal(Enumerable.Range(2, 9).Select(revision => (long)revision), await watch.RevisionsAsync(9));
        await Clock.TimerSetAsync();
        Store.LogEnd = 20;
        Clock.Advance(TimeSpan.FromMilliseconds(200));
        Assert.Equal(Enumerable.Range(11, 10).Select(revision => (long)revision), await watch.RevisionsAsync(10));
        await Clock.TimerSetAsync();
        var reads = Store.Calls(StoreVerb.ReadLog);
        Clock.Advance(Watching.LogPatience);
        Assert.Equal(
            new RpcStatus(RpcCode.Unavailable, "the log of session s could not be read for 30 s"), await watch.EndAsync());
        Assert.Equal("20", watch.Trailer);
        Assert.Equal(reads + 1, Store.Calls(StoreVerb.ReadLog));
    }

    /// <summary>A watcher from revision 1 on, whose client does not take the change of revision 2.</summary>
    private async Task<Open> StalledAsync()
    {
        await OkAsync(Ask.Register("x"));
        var watch = await WatchAsync();
        watch.Responses.Hold();
        await SetAsync(1, 1);
        await watch.Responses.Stalled;
        return watch;
    }

    private async Task LeaveNothingToReplayAsync()
    {
        var stored = await Store.LoadAsync(Key, default);
        await Store.CheckpointAsync(
            Key,
            new Checkpoint(51, 51, stored.Header ?? new(), null, new Dictionary<string, Protocol.Storing.VariableRecord>(), [], [], [], [], stored.ExpiresAt));
        Assert.Equal(51, (await Store.TrimAsync(Key, new Retention(51, DateTimeOffset.MinValue, 1), default)).Floor);
    }
}
