using Google.Protobuf;
using Snakepit.Bridge;
using Snakepit.Protocol.Bridge;
using Snakepit.Sessions;
using Snakepit.Storage.Hosting;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Unit.Hosting;

public sealed class DirectoryTests : HostTests
{
    private static readonly IMessage[] NotCreating =
    [
        Ask.Get("x"), Ask.Set("x", "1"), Ask.List(), Ask.Describe(), Ask.Delete("x"), Ask.History("x"), Ask.RollBack("x", 0),
        Ask.Depend("x", "y"), Ask.Start("x"), Ask.Stop("x"), Ask.Update("x"), Ask.Watch(), Ask.SetAll(atomic: false, ("x", "1")),
    ];

    [Fact]
    public async Task Calls_to_unknown_sessions_are_refused_and_leave_nothing_in_memory()
    {
        foreach (var request in NotCreating)
        {
            Assert.Equal("Session not found: s", await RefusedAsync(RefusalKind.NotFound, request));
            Assert.Equal(0, Sessions.ActiveCount);
        }

        await RefusedAsync(RefusalKind.Invalid, Ask.Register(""));
        await OkAsync(Ask.Beat(), Ask.CleanUp());
        Assert.Equal((0, 0), (Sessions.ActiveCount, Store.Count));
    }

    [Fact]
    public async Task A_caller_that_leaves_while_an_unknown_session_is_looked_for_leaves_nothing_for_long()
    {
        var load = Store.StopBefore(StoreVerb.Load);
        using var caller = new CancellationTokenSource();
        var left = Sessions.CallAsync(Key, Ask.Get("x"), caller.Token).AsTask();
        await load.Reached;
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        load.Continue();
        await HostAsync();
        await Sessions.SweepAsync(CancellationToken.None);
        Assert.Equal(0, Sessions.ActiveCount);
    }

    [Fact]
    public async Task First_calls_at_the_same_time_load_the_session_once()
    {
        await OkAsync(Ask.Register("x"));
        Crash();
        var load = Store.StopBefore(StoreVerb.Load);
        var calls = Enumerable.Range(1, 20).Select(i => CallAsync(Ask.Set("x", $"{i}"))).ToList();
        await load.Reached;
        load.Continue();
        Assert.Equal(Enumerable.Range(1, 20), (await Task.WhenAll(calls)).Select(reply => ((SetVariableResponse)reply.Value!).NewVersion).Order());
        Assert.Equal(2, Store.Calls(StoreVerb.Load));
    }

    [Fact]
    public async Task A_limit_of_sessions_is_named_and_holds_for_new_ones_only()
    {
        Policy = new HostPolicy { MaxSessions = 1 };
        await OkAsync(Ask.Register("x"));
        var other = await Sessions.CallAsync(new SessionKey("", "other"), Ask.Register("x"), CancellationToken.None);
        Assert.Equal(Refusal.Exhausted("1 sessions are stored, the limit is 1"), other.Refusal);
        await OkAsync(Ask.Register("y"));
        Assert.Equal(1, Sessions.ActiveCount);
    }

    [Fact]
    public async Task An_idle_session_leaves_memory_and_one_in_use_or_watched_does_not()
    {
        await OkAsync(Ask.Register("x"));
        Clock.Advance(Policy.IdleTime / 2);
        await OkAsync(Ask.Get("x"));
        Clock.Advance(Policy.IdleTime / 2);
        await Sessions.SweepAsync(CancellationToken.None);
        Assert.True(Sessions.IsActive(Key));
        Clock.Advance(Policy.IdleTime / 2);
        await Sessions.SweepAsync(CancellationToken.None);
        Assert.False(Sessions.IsActive(Key));
        Assert.Equal("0", await ValueAsync("x"));
    }

    [Fact]
    public async Task A_session_that_is_used_while_it_leaves_memory_stays()
    {
        await OkAsync(Ask.Register("x"));
        Clock.Advance(Policy.IdleTime);
        var checkpoint = Store.StopBefore(StoreVerb.Checkpoint);
        var sweep = Sessions.SweepAsync(CancellationToken.None);
        await checkpoint.Reached;
        await OkAsync(Ask.Set("x", "1"));
        checkpoint.Continue();
        await sweep;
        Assert.True(Sessions.IsActive(Key));
        Assert.Equal("1", await ValueAsync("x"));
        Crash();
        Assert.Equal("1", await ValueAsync("x"));
    }

    [Fact]
    public async Task A_session_whose_checkpoint_fails_stays_in_memory_and_leaves_later()
    {
        await OkAsync(Ask.Register("x"));
        Clock.Advance(Policy.IdleTime);
        Store.FailBefore(StoreVerb.Checkpoint, outcomeUnknown: true);
        await Sessions.SweepAsync(CancellationToken.None);
        Assert.True(Sessions.IsActive(Key));
        Assert.Single(Failures);
        await Sessions.SweepAsync(CancellationToken.None);
        Assert.False(Sessions.IsActive(Key));
        var stored = await Store.LoadAsync(Key, default);
        Assert.Empty(stored.CommitsAfter);
        Assert.Single(stored.Variables);
    }

    [Fact]
    public async Task A_session_that_cannot_be_loaded_does_not_keep_others_from_expiring()
    {
        await OkAsync(Ask.Register("x"));
        var other = new SessionKey("", "t");
        await Sessions.CallAsync(other, Ask.Register("x"), CancellationToken.None);
        Crash();
        Clock.Advance(TimeSpan.FromHours(2));
        Store.FailBefore(StoreVerb.Load, new InvalidDataException("not what it was"));
        await Sessions.SweepAsync(CancellationToken.None);
        Assert.IsType<InvalidDataException>(Assert.Single(Failures));
        Assert.Equal(1, Store.Count);
    }

    [Fact]
    public async Task A_session_that_ended_elsewhere_before_the_sweep_came_to_it_leaves_nothing_in_memory()
    {
        await OkAsync(Ask.Register("x"));
        Crash();
        Clock.Advance(TimeSpan.FromHours(2));
        var load = Store.StopBefore(StoreVerb.Load);
        var sweep = Sessions.SweepAsync(CancellationToken.None);
        await load.Reached;
        await CallAsync(Ask.CleanUp(), NewDirectory());
        load.Continue();
        await sweep;
        Assert.Equal(0, Sessions.ActiveCount);
    }

    [Fact]
    public async Task Disposal_writes_what_was_in_memory_only()
    {
        await OkAsync(Ask.Register("x"), Ask.Set("x", "1"));
        Clock.Advance(TimeSpan.FromSeconds(1));
        await OkAsync(Ask.Beat());
        await Sessions.DisposeAsync();
        var stored = await Store.LoadAsync(Key, default);
        Assert.Equal((2, 2, 0), (stored.CommitNumber, stored.Revision, stored.CommitsAfter.Count));
        Assert.Equal(Clock.GetUtcNow() + TimeSpan.FromSeconds(3660), stored.ExpiresAt);
    }

    [Fact]
    public async Task Disposal_waits_for_what_is_being_stored_and_stores_what_came_since()
    {
        var touch = await ExpiryUnderWayAsync();
        Clock.Advance(TimeSpan.FromMinutes(30));
        await OkAsync(Ask.Set("x", "1"));
        var disposal = Sessions.DisposeAsync().AsTask();
        Assert.False(disposal.IsCompleted);
        touch.Continue();
        await disposal.WaitAsync(Deadline);
        var stored = await Store.LoadAsync(Key, default);
        Assert.Equal((2, 0), (stored.CommitNumber, stored.CommitsAfter.Count));
        Assert.Equal(Clock.GetUtcNow() + TimeSpan.FromSeconds(3660), stored.ExpiresAt);
    }

    [Fact]
    public async Task To_subscribe_to_a_session_that_is_being_made_does_not_wait_for_it()
    {
        var append = Store.StopBefore(StoreVerb.Append);
        var register = CallAsync(Ask.Register("x"));
        await append.Reached;
        var sessions = new EmbeddedSessions(Sessions, Store);
        var subscription = Task.Run(() => sessions.SubscribeAsync(Key, new OneWatcher { WatcherCount = 0 }, CancellationToken.None).AsTask());
        Assert.Null(await subscription.WaitAsync(Deadline));
        append.Continue();
        await register;
        Assert.NotNull(await sessions.SubscribeAsync(Key, new OneWatcher { WatcherCount = 0 }, CancellationToken.None));
    }
}
