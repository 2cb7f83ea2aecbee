using Snakepit.Protocol.Rpc;
using Snakepit.Sessions;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Unit.Watching;

public sealed class WatchEndTests : WatchTests
{
    [Fact]
    public async Task The_end_of_the_session_ends_the_watch_after_what_is_left()
    {
        await OkAsync(Ask.Register("x"));
        var watch = await WatchAsync();
        watch.Responses.Hold();
        await SetAsync(1, 1);
        await watch.Responses.Stalled;
        await SetAsync(2, 5);
        await OkAsync(Ask.CleanUp());
        watch.Responses.Release();
        Assert.Equal(new RpcStatus(RpcCode.Cancelled, "session s ended"), await watch.EndAsync());
        Assert.Equal([2, 3, 4, 5, 6], await watch.RevisionsAsync(5));
        Assert.Equal("6", watch.Trailer);
    }

    [Fact]
    public async Task A_draining_server_sends_what_is_left_from_the_log_too_and_ends_the_watch()
    {
        await OkAsync(Ask.Register("x"));
        var watch = await WatchAsync();
        watch.Responses.Hold();
        await SetAsync(1, 1);
        await watch.Responses.Stalled;
        await SetAsync(2, 40);
        Hub.Drain();
        watch.Responses.Release();
        Assert.Equal(new RpcStatus(RpcCode.Unavailable, "the server is shutting down"), await watch.EndAsync());
        Assert.Equal(Enumerable.Range(2, 40).Select(revision => (long)revision), await watch.RevisionsAsync(40));
        Assert.Equal("41", watch.Trailer);
        Assert.Equal(RpcCode.Unavailable, (await Watch(Ask.Watch()).EndAsync()).Code);
    }

    [Fact]
    public async Task A_window_that_is_open_is_sent_before_the_end()
    {
        var watch = await HoldBackAsync(intervalMs: 1_000);
        Hub.Drain();
        Assert.Equal(RpcCode.Unavailable, (await watch.EndAsync()).Code);
        Assert.Equal([2], await watch.RevisionsAsync(1));
        Assert.Equal("2", watch.Trailer);
    }

    [Fact]
    public async Task An_owner_that_closes_ends_no_watch_and_loses_none_of_its_changes()
    {
        await OkAsync(Ask.Register("x"));
        var watch = await WatchAsync();
        Store.FailAfter(StoreVerb.Append);
        await RefusedAsync(RefusalKind.Unavailable, Ask.Set("x", "1"));
        Assert.Equal([2], await watch.RevisionsAsync(1));
        await SetAsync(2, 5);
        Assert.Equal([3, 4, 5, 6], await watch.RevisionsAsync(4));
    }

    [Fact]
    public async Task An_owner_that_cannot_be_reached_at_first_is_asked_again()
    {
        await OkAsync(Ask.Register("x"));
        var watch = await WatchAsync();
        Store.FailAfter(StoreVerb.Append);
        Store.FailBefore(StoreVerb.Load, outcomeUnknown: false);
        Store.FailBefore(StoreVerb.Load, outcomeUnknown: false);
        await RefusedAsync(RefusalKind.Unavailable, Ask.Set("x", "1"));
        for (var attempt = 0; attempt < 2; attempt++)
        {
            await Clock.TimerSetAsync();
            Clock.Advance(TimeSpan.FromMilliseconds(200));
        }

        Assert.Equal([2], await watch.RevisionsAsync(1));
        Assert.False(watch.Status.IsCompleted);
    }

    [Fact]
    public async Task A_session_made_anew_can_be_watched_while_a_slow_watcher_of_the_old_one_is_still_there()
    {
        await OkAsync(Ask.Register("x"));
        var old = await WatchAsync();
        old.Responses.Hold();
        await SetAsync(1, 1);
        await old.Responses.Stalled;
        await OkAsync(Ask.CleanUp(), Ask.Register("x"));
        var anew = await WatchAsync();
        await SetAsync(1, 2);
        Assert.Equal([4, 5], await anew.RevisionsAsync(2));
        Assert.False(anew.Status.IsCompleted);

        Clock.Advance(Watching.StallLimit);
        Hub.Sweep();
        Assert.Equal(RpcCode.ResourceExhausted, (await old.EndAsync()).Code);
    }

    [Fact]
    public async Task A_watch_that_reads_the_log_when_its_session_is_made_anew_sees_the_rest_of_its_own_and_nothing_of_the_other()
    {
        await OkAsync(Ask.Register("x"));
        var watch = await WatchAsync();
        watch.Responses.Hold();
        await SetAsync(1, 1);
        await watch.Responses.Stalled;
        await SetAsync(2, 40);
        var reading = Store.StopBefore(StoreVerb.ReadLog);
        watch.Responses.Release();
        await reading.Reached;
        await OkAsync(Ask.CleanUp());
        Clock.Advance(TimeSpan.FromMilliseconds(1));
        await OkAsync(Ask.Register("x"), Ask.Set("x", "7"));
        reading.Continue();
        Assert.Equal(new RpcStatus(RpcCode.Cancelled, "session s ended"), await watch.EndAsync());
        Assert.Equal(Enumerable.Range(2, 40).Select(revision => (long)revision), await watch.RevisionsAsync(40));
        Assert.Equal(0, watch.Responses.Unread);
        Assert.Equal("41", watch.Trailer);
    }

    [Fact]
    public async Task A_watcher_that_has_fallen_out_of_the_ring_when_its_session_ends_reads_the_log_to_its_end()
    {
        var watch = await FallenOutAsync();
        await OkAsync(Ask.CleanUp());
        watch.Responses.Release();
        Assert.Equal(new RpcStatus(RpcCode.Cancelled, "session s ended"), await watch.EndAsync());
        Assert.Equal(Enumerable.Range(2, 60).Select(revision => (long)revision), await watch.RevisionsAsync(60));
        Assert.Equal(0, watch.Responses.Unread);
        Assert.Equal("61", watch.Trailer);
        Assert.True(Store.Calls(StoreVerb.ReadEndedLog) > 1);
    }

    [Fact]
    public async Task One_that_comes_back_when_the_log_has_gone_ends_where_it_is()
    {
        var watch = await FallenOutAsync();
        await OkAsync(Ask.CleanUp());
        Clock.Advance(Policy.EndedLogLasts);
        await Sessions.SweepAsync(CancellationToken.None);
        watch.Responses.Release();
        Assert.Equal(new RpcStatus(RpcCode.Cancelled, "session s ended"), await watch.EndAsync());
        Assert.Equal([2], await watch.RevisionsAsync(1));
        Assert.Equal("2", watch.Trailer);
    }

    [Fact]
    public async Task One_that_comes_back_just_before_that_reads_it_to_its_end()
    {
        var watch = await FallenOutAsync();
        await OkAsync(Ask.CleanUp());
        Clock.Advance(Policy.EndedLogLasts - TimeSpan.FromMilliseconds(1));
        await Sessions.SweepAsync(CancellationToken.None);
        watch.Responses.Release();
        await watch.EndAsync();
        Assert.Equal(60, (await watch.RevisionsAsync(60)).Count());
        Assert.Equal("61", watch.Trailer);
    }

    [Fact]
    public void The_log_of_an_ended_session_lasts_longer_than_a_client_that_takes_nothing() =>
        Assert.True(Policy.EndedLogLasts > Watching.StallLimit);

    /// <summary>A watcher whose client did not take revision 2, and which has fallen out of the ring by revision 61.</summary>
    private async Task<Open> FallenOutAsync()
    {
        Watching = Watching with { BatchBytes = 512 };
        await OkAsync(Ask.Register("x"));
        var watch = await WatchAsync();
        watch.Responses.Hold();
        await SetAsync(1, 1);
        await watch.Responses.Stalled;
        await SetAsync(2, 60);
        return watch;
    }

    [Fact]
    public async Task A_caller_that_leaves_is_cleaned_up_at_once()
    {
        await OkAsync(Ask.Register("x"));
        var (first, second) = (await WatchAsync(), await WatchAsync());
        Assert.Equal(2, (await OkAsync<Protocol.Bridge.GetSessionResponse>(Ask.Describe())).WatcherCount);
        foreach (var watch in new[] { first, second })
        {
            await watch.Call.Caller.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(watch.EndAsync);
        }

        Assert.Equal(0, (await OkAsync<Protocol.Bridge.GetSessionResponse>(Ask.Describe())).WatcherCount);
        await LeaveMemoryAsync();
    }
}
