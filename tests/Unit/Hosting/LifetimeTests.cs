using Google.Protobuf;
using Snakepit.Protocol.Bridge;
using Snakepit.Sessions;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Unit.Hosting;

/// <summary>Sessions of the default TTL of an hour, so that the store's expiry is a minute more than use at the most.</summary>
public sealed class LifetimeTests : HostTests
{
    private static readonly TimeSpan Ttl = TimeSpan.FromHours(1);
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Every_call_puts_the_expiry_off_and_disuse_ends_the_session()
    {
        await OkAsync(Ask.Register("x"));
        IMessage[] uses = [Ask.Beat(), Ask.Get("x"), Ask.Set("x", "1"), Ask.Describe(), Ask.List(), Ask.Initialize(), Ask.Watch(), Ask.History("x")];
        foreach (var use in uses)
        {
            Clock.Advance(Ttl - Second);
            await OkAsync(use);
        }

        Clock.Advance(Ttl);
        Assert.Equal("Session not found: s", await RefusedAsync(RefusalKind.NotFound, Ask.Get("x")));
        Assert.Equal(0, Store.Count);
        Assert.Equal(0, Sessions.ActiveCount);
    }

    [Fact]
    public async Task An_expired_session_is_gone_for_a_heartbeat_and_can_be_made_again_above_its_revisions()
    {
        await OkAsync(Ask.Initialize(ttlSeconds: 10), Ask.Register("x"), Ask.Set("x", "1"));
        Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.False((await OkAsync<HeartbeatResponse>(Ask.Beat())).SessionValid);
        await OkAsync(Ask.Register("x"));
        Assert.Equal(3, (await OkAsync<GetSessionResponse>(Ask.Describe())).Revision);
    }

    [Fact]
    public async Task The_sweep_ends_an_expired_session_in_memory_and_one_that_is_not()
    {
        await OkAsync(Ask.Register("x"));
        Clock.Advance(Ttl + Slack);
        await Sessions.SweepAsync(CancellationToken.None);
        Assert.Equal(0, Store.Count);

        await OkAsync(Ask.Register("x"));
        Crash();
        Clock.Advance(Ttl + Slack);
        await Sessions.SweepAsync(CancellationToken.None);
        Assert.Equal((0, 0), (Store.Count, Sessions.ActiveCount));
    }

    [Fact]
    public async Task After_a_crash_a_session_never_expires_early_and_at_most_the_slack_late()
    {
        await OkAsync(Ask.Register("x"));
        for (var i = 0; i < 100; i++)
        {
            Clock.Advance(TimeSpan.FromSeconds(7));
            var touches = Store.Touched.Count;
            await OkAsync(Ask.Beat());
            await Sessions.SweepAsync(CancellationToken.None);
            var stored = (await Store.LoadAsync(Key, default)).ExpiresAt;
            Assert.InRange(stored, Clock.GetUtcNow() + Ttl, Clock.GetUtcNow() + Ttl + Slack);
            Assert.InRange(Store.Touched.Count - touches, 0, 1);
        }

        Assert.InRange(Store.Touched.Count, 5, 30);
        Crash();
        Clock.Advance(Ttl - Second);
        await Sessions.SweepAsync(CancellationToken.None);
        Assert.Equal(1, Store.Count);
        Clock.Advance(Slack + Second);
        await Sessions.SweepAsync(CancellationToken.None);
        Assert.Equal(0, Store.Count);
    }

    [Fact]
    public async Task An_expiry_that_could_not_be_stored_is_stored_with_the_next_use()
    {
        await OkAsync(Ask.Register("x"));
        Clock.Advance(Slack);
        Store.FailBefore(StoreVerb.Touch, outcomeUnknown: false);
        await OkAsync(Ask.Beat());
        await Sessions.SweepAsync(CancellationToken.None);
        Assert.Empty(Store.Touched);
        Assert.Single(Failures);
        await OkAsync(Ask.Beat());
        await Sessions.SweepAsync(CancellationToken.None);
        Assert.Equal(Clock.GetUtcNow() + Ttl + Slack, Assert.Single(Store.Touched).ExpiresAt);
    }

    [Fact]
    public async Task An_expiry_on_its_way_to_the_store_never_comes_behind_a_later_one()
    {
        var touch = await ExpiryUnderWayAsync();
        Clock.Advance(Ttl / 2);
        await OkAsync(Ask.Set("x", "1"));
        Assert.False(await (await HostAsync()).TryLeaveMemoryAsync(DateTimeOffset.MaxValue));
        var sweep = Sessions.SweepAsync(CancellationToken.None);
        touch.Continue();
        await sweep.WaitAsync(Deadline);
        await LeaveMemoryAsync();
        Crash();
        Clock.Advance(Ttl - Second);
        await Sessions.SweepAsync(CancellationToken.None);
        Assert.Equal(1, Store.Count);
    }

    [Fact]
    public async Task A_use_while_something_is_stored_has_its_expiry_stored_behind_that()
    {
        Policy = Policy with { CheckpointCommits = 2 };
        var checkpoint = Store.StopBefore(StoreVerb.Checkpoint);
        await OkAsync(Ask.Register("x"), Ask.Register("y"));
        await checkpoint.Reached;
        Clock.Advance(Ttl / 2);
        await OkAsync(Ask.Beat());
        await Sessions.SweepAsync(CancellationToken.None);
        Assert.Empty(Store.Touched);
        var touch = Store.StopAfter(StoreVerb.Touch);
        checkpoint.Continue();
        await touch.Reached;
        touch.Continue();
        Assert.Equal(Clock.GetUtcNow() + Ttl + Slack, Assert.Single(Store.Touched).ExpiresAt);
    }

    [Fact]
    public async Task A_session_made_again_does_not_get_an_expiry_of_the_one_before()
    {
        var touch = await ExpiryUnderWayAsync();
        Clock.Advance(Ttl / 2);
        var end = CallAsync(Ask.CleanUp());
        var again = CallAsync(Ask.Register("x"));
        Assert.False(end.IsCompleted);
        touch.Continue();
        Assert.False((await end).IsRefused || (await again).IsRefused);
        Assert.Equal(Clock.GetUtcNow() + Ttl + Slack, (await Store.LoadAsync(Key, default)).ExpiresAt);
    }

    [Fact]
    public async Task Expiry_is_unavailable_rather_than_endless_while_the_store_cannot_delete()
    {
        await OkAsync(Ask.Register("x"));
        Clock.Advance(Ttl);
        Store.FailBefore(StoreVerb.Delete, outcomeUnknown: false);
        Assert.Equal("the session could not be ended: the store failed", await RefusedAsync(RefusalKind.Unavailable, Ask.Get("x")));
        await RefusedAsync(RefusalKind.NotFound, Ask.Get("x"));
        Assert.Equal(2, Store.Calls(StoreVerb.Delete));
    }

    [Fact]
    public async Task A_watched_session_does_not_expire_and_one_no_longer_watched_does()
    {
        await OkAsync(Ask.Register("x"));
        var watcher = new OneWatcher();
        var host = await HostAsync();
        Assert.NotNull(host.TrySubscribe(watcher));
        for (var i = 0; i < 5; i++)
        {
            Clock.Advance(Ttl - Second);
            await Sessions.SweepAsync(CancellationToken.None);
        }

        Assert.Equal(1, (await OkAsync<GetSessionResponse>(Ask.Describe())).WatcherCount);
        host.Unsubscribe(watcher);
        Clock.Advance(Ttl);
        await Sessions.SweepAsync(CancellationToken.None);
        Assert.Equal(0, Store.Count);
    }

    [Fact]
    public async Task Cleanup_answers_what_was_removed_and_nothing_the_second_time()
    {
        await OkAsync(Ask.Register("x"), Ask.Register("y"));
        Assert.Equal(new CleanupSessionResponse { Success = true, ResourcesCleaned = 2 }, await OkAsync<CleanupSessionResponse>(Ask.CleanUp()));
        Assert.Equal(new CleanupSessionResponse { Success = true }, await OkAsync<CleanupSessionResponse>(Ask.CleanUp()));
    }

    [Fact]
    public async Task Commands_behind_the_end_of_a_session_find_it_gone_or_make_it_anew()
    {
        await OkAsync(Ask.Register("x"), Ask.Set("x", "1"));
        var delete = Store.StopBefore(StoreVerb.Delete);
        var end = CallAsync(Ask.CleanUp());
        await delete.Reached;
        var (set, register) = (CallAsync(Ask.Set("x", "2")), CallAsync(Ask.Register("y")));
        Assert.False(set.IsCompleted || register.IsCompleted);
        delete.Continue();
        Assert.False((await end).IsRefused);
        Assert.Equal(RefusalKind.NotFound, (await set).Refusal!.Kind);
        Assert.False((await register).IsRefused);
        Assert.Equal(3, (await OkAsync<GetSessionResponse>(Ask.Describe())).Revision);
        await RefusedAsync(RefusalKind.NotFound, Ask.Get("x"));
    }

    [Fact]
    public async Task A_listener_is_told_whether_the_session_ended_or_went_elsewhere()
    {
        await OkAsync(Ask.Register("x"));
        var (moved, ended) = (new OneWatcher(), new OneWatcher());
        Assert.NotNull((await HostAsync()).TrySubscribe(moved));
        Store.FailBefore(StoreVerb.Append, outcomeUnknown: true);
        await RefusedAsync(RefusalKind.Unavailable, Ask.Set("x", "1"));
        Assert.Equal([false], moved.Closed);
        Assert.NotNull((await HostAsync()).TrySubscribe(ended));
        await OkAsync(Ask.CleanUp());
        Assert.Equal([true], ended.Closed);
        Assert.Equal([false], moved.Closed);
    }
}
