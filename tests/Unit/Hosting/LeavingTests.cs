using Snakepit.Protocol.Bridge;
using Snakepit.Storage;
using Snakepit.Storage.Hosting;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Unit.Hosting;

/// <summary>A session that must leave this silo's memory, and one that has expired here but not elsewhere.</summary>
public sealed class LeavingTests : HostTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    public LeavingTests() => Policy = new HostPolicy { ConfirmedFor = TimeSpan.FromSeconds(5), CheckpointCommits = 2 };

    [Fact]
    public async Task What_came_before_the_leave_is_finished_and_what_came_after_it_has_moved()
    {
        Policy = Policy with { CheckpointCommits = 1_000 };
        await OkAsync(Ask.Register("x"));
        var host = await HostAsync();
        var append = Store.StopBefore(StoreVerb.Append);
        var running = CallAsync(Ask.Set("x", "1"));
        await append.Reached;
        var waiting = CallAsync(Ask.Set("x", "2"));
        var leave = LeaveAsync();
        var behind = host.CallAsync(Ask.Set("x", "3"), CancellationToken.None).AsTask();
        Assert.False(leave.IsCompleted);
        append.Continue();
        await leave;
        Assert.Equal(1, ((SetVariableResponse)(await running).Value!).NewVersion);
        Assert.Equal(2, ((SetVariableResponse)(await waiting).Value!).NewVersion);
        Assert.Same(SessionHost.Moved, (await behind.WaitAsync(Deadline)).Refusal);
        Assert.Equal((true, true), (host.IsClosed, host.IsStale));
        Assert.Empty((await Store.LoadAsync(Key, default)).CommitsAfter);
        Assert.Equal("2", await ValueAsync("x"));
    }

    [Fact]
    public async Task A_command_of_the_directory_behind_the_leave_is_sent_to_the_next_owner()
    {
        await OkAsync(Ask.Register("x"));
        var append = Store.StopBefore(StoreVerb.Append);
        var running = CallAsync(Ask.Set("x", "1"));
        await append.Reached;
        var leave = LeaveAsync();
        var behind = CallAsync(Ask.Set("x", "2"));
        append.Continue();
        await leave;
        Assert.False((await running).IsRefused);
        Assert.Same(SessionHost.Moved, (await behind).Refusal);
        Assert.False(Sessions.IsActive(Key));
    }

    [Fact]
    public async Task A_watched_session_leaves_too_and_its_listener_is_told_that_it_goes_on()
    {
        await OkAsync(Ask.Register("x"));
        var watching = new OneWatcher();
        Assert.NotNull((await HostAsync()).TrySubscribe(watching));
        await LeaveAsync();
        Assert.Equal([false], watching.Closed);
        Assert.False(Sessions.IsActive(Key));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_checkpoint_that_is_under_way_loses_nothing(bool fails)
    {
        var checkpoint = Store.StopBefore(StoreVerb.Checkpoint);
        await OkAsync(Ask.Register("x"), Ask.Register("y", "7"));
        await checkpoint.Reached;
        await OkAsync(Ask.Set("x", "1"));
        await LeaveDuringAsync(checkpoint, fails);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Going_when_idle_that_is_under_way_loses_nothing(bool fails)
    {
        Policy = Policy with { CheckpointCommits = 1_000 };
        await OkAsync(Ask.Register("x"), Ask.Register("y", "7"));
        Clock.Advance(Policy.IdleTime);
        var checkpoint = Store.StopBefore(StoreVerb.Checkpoint);
        var sweep = Sessions.SweepAsync(CancellationToken.None);
        await checkpoint.Reached;
        await OkAsync(Ask.Set("x", "1"));
        await LeaveDuringAsync(checkpoint, fails);
        await sweep;
    }

    [Fact]
    public async Task A_leave_whose_checkpoint_fails_closes_all_the_same_and_the_log_has_everything()
    {
        await OkAsync(Ask.Register("x", "7"));
        Store.FailBefore(StoreVerb.Checkpoint, outcomeUnknown: true);
        await LeaveAsync();
        Assert.False(Sessions.IsActive(Key));
        Assert.Single(Failures);
        Assert.Equal("7", await ValueAsync("x"));
    }

    [Fact]
    public async Task To_leave_a_session_that_is_not_in_memory_is_no_mistake()
    {
        await LeaveAsync();
        Assert.Equal(0, Store.Calls(StoreVerb.Load));
    }

    [Fact]
    public async Task A_session_that_the_other_owner_has_used_does_not_expire_here()
    {
        Policy = Policy with { CheckpointCommits = 1_000 };
        await OkAsync(Ask.Initialize(ttlSeconds: 10), Ask.Register("x"));
        var other = await UsedElsewhereAsync();
        Assert.Same(SessionHost.Moved, (await CallAsync(Ask.Get("x"))).Refusal);
        Assert.Equal(1, Store.Count);
        Assert.False((await CallAsync(Ask.Get("x"), other)).IsRefused);
        Assert.Equal("0", await ValueAsync("x"));
    }

    [Fact]
    public async Task A_session_that_the_other_owner_has_used_is_not_ended_by_whoever_is_asked_to()
    {
        Policy = Policy with { CheckpointCommits = 1_000 };
        await OkAsync(Ask.Initialize(ttlSeconds: 10), Ask.Register("x"));
        var stale = await HostAsync();
        await UsedElsewhereAsync();
        await Sessions.ExpireAsync(Key, CancellationToken.None);
        Assert.Equal((1, true), (Store.Count, stale.IsStale));
    }

    [Fact]
    public async Task A_session_lives_as_long_as_the_store_says_where_others_may_judge_by_that()
    {
        await OkAsync(Ask.Initialize(ttlSeconds: 10));
        Clock.Advance(TimeSpan.FromSeconds(10.5));
        Assert.True((await OkAsync<HeartbeatResponse>(Ask.Beat())).SessionValid);
        Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.False((await OkAsync<HeartbeatResponse>(Ask.Beat())).SessionValid);
        Assert.Equal(0, Store.Count);
    }

    [Fact]
    public async Task A_nominated_session_that_was_used_since_has_its_expiry_stored()
    {
        await OkAsync(Ask.Initialize(ttlSeconds: 10));
        Store.FailBefore(StoreVerb.Touch, outcomeUnknown: false);
        Clock.Advance(9 * Second);
        await OkAsync(Ask.Beat());
        await Sessions.SweepAsync(CancellationToken.None);
        Clock.Advance(3 * Second);
        Assert.Equal([Key], await Store.ListExpiredAsync(Clock.GetUtcNow(), 10, default));
        await Sessions.SweepAsync(CancellationToken.None);
        Assert.Equal(1, Store.Count);
        Assert.Empty(await Store.ListExpiredAsync(Clock.GetUtcNow(), 10, default));
    }

    // At nine seconds of ten the other silo answered a heartbeat, and now it is the twelfth.
    private async Task<SessionDirectory> UsedElsewhereAsync()
    {
        var other = NewDirectory();
        Clock.Advance(9 * Second);
        Assert.False((await CallAsync(Ask.Beat(), other)).IsRefused);
        await other.SweepAsync(CancellationToken.None);
        Clock.Advance(3 * Second);
        return other;
    }

    private async Task LeaveDuringAsync(SyncPoint checkpoint, bool fails)
    {
        var leave = LeaveAsync();
        await GoOnAsync(leave);

        if (fails)
        {
            checkpoint.Fail(new StoreException("disk on fire", outcomeUnknown: false));
        }
        else
        {
            checkpoint.Continue();
        }

        await leave;
        Assert.Equal(("1", "7"), (await ValueAsync("x"), await ValueAsync("y")));
        Assert.Empty((await Store.LoadAsync(Key, default)).CommitsAfter);
    }

    private Task LeaveAsync() => Sessions.LeaveAsync(Key, CancellationToken.None).WaitAsync(Deadline);
}
