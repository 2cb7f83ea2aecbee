using Google.Protobuf;
using Snakepit.Bridge;
using Snakepit.Bridge.Watching;
using Snakepit.Protocol.Administration;
using Snakepit.Sessions;
using Snakepit.Storage;
using Snakepit.Storage.Hosting;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Unit.Watching;

public sealed class SessionFeedTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly FeedRig _rig = new(ringUpdates: 4);

    [Fact]
    public void What_is_heard_twice_is_taken_once()
    {
        var watcher = _rig.Add(0);
        var commit = _rig.Commit(2);
        _rig.Hear(commit);
        _rig.Hear(commit);
        _rig.Hear([.. commit.Skip(1), .. _rig.Commit(1)]);
        Assert.Equal(FeedStep.Updates, _rig.Take(watcher, out var revisions));
        Assert.Equal([1, 2, 3], revisions);
        Assert.Equal(FeedStep.Parked, _rig.Take(watcher, out _));
    }

    [Fact]
    public void A_gap_in_what_is_heard_sends_those_before_it_to_the_log()
    {
        var (before, behind) = (_rig.Add(0), _rig.Add(2));
        _rig.Hear(_rig.Commit(1));
        _rig.Commit(1);
        _rig.Hear(_rig.Commit(1));
        Assert.Equal(FeedStep.Behind, _rig.Take(before, out _));
        Assert.Equal(FeedStep.Updates, _rig.Take(behind, out var revisions));
        Assert.Equal([3], revisions);
    }

    [Fact]
    public async Task A_doorbell_without_content_wakes_who_waits_and_sends_him_to_the_log()
    {
        var watcher = _rig.Add(0);
        Assert.Equal(FeedStep.Parked, _rig.Take(watcher, out _));
        _rig.Feed.Advance(_rig.Commit(2)[^1].Revision);
        await watcher.WaitAsync().AsTask().WaitAsync(Deadline);
        Assert.Equal(FeedStep.Behind, _rig.Take(watcher, out _));
    }

    [Fact]
    public async Task Who_waits_for_one_variable_is_not_woken_for_another_but_is_moved_past_it()
    {
        var watcher = _rig.Add(0, "third");
        Assert.Equal(FeedStep.Parked, _rig.Take(watcher, out _));
        _rig.Hear(_rig.Commit(2));
        _rig.Hear(_rig.Commit(1));
        await watcher.WaitAsync().AsTask().WaitAsync(Deadline);
        Assert.Equal(2, watcher.Cursor);
        Assert.Equal(FeedStep.Updates, _rig.Take(watcher, out var revisions));
        Assert.Equal([3], revisions);
    }

    [Fact]
    public void A_watcher_that_is_ahead_of_what_the_feed_heard_gets_nothing_twice()
    {
        var watcher = _rig.Add(2);
        _rig.Hear(_rig.Commit(1));
        _rig.Hear(_rig.Commit(1));
        Assert.Equal(FeedStep.Parked, _rig.Take(watcher, out _));
    }

    [Fact]
    public void A_signal_comes_first_and_is_seen_once()
    {
        var watcher = _rig.Add(0);
        _rig.Hear(_rig.Commit(1));
        _rig.Feed.Signal(watcher, WatchSignals.HeartbeatDue);
        _rig.Feed.Signal(watcher, WatchSignals.WindowClosed);
        Assert.Equal(FeedStep.Signalled, _rig.Take(watcher, out _));
        Assert.Equal(WatchSignals.HeartbeatDue | WatchSignals.WindowClosed, _rig.Feed.TakeSignals(watcher));
        Assert.Equal(FeedStep.Updates, _rig.Take(watcher, out _));
    }

    [Fact]
    public void Who_has_not_taken_what_was_sent_is_given_no_more_and_waits_for_more_like_others()
    {
        var stalls = true;
        _rig.Stalls = () => stalls;
        var watcher = _rig.Add(0);
        Assert.Equal(FeedStep.Parked, _rig.Take(watcher, out _));
        _rig.Hear(_rig.Commit(1));
        Assert.Equal(FeedStep.Flushing, _rig.Take(watcher, out var revisions));
        Assert.Empty(revisions);
        Assert.Equal(0, watcher.Cursor);
        stalls = false;
        Assert.Equal(FeedStep.Updates, _rig.Take(watcher, out revisions));
        Assert.Equal([1], revisions);
    }

    [Theory]
    [InlineData(nameof(FeedState.Ended), nameof(FeedStep.Ended))]
    [InlineData(nameof(FeedState.Draining), nameof(FeedStep.Draining))]
    [InlineData(nameof(FeedState.Unreachable), nameof(FeedStep.Unreachable))]
    public async Task The_end_comes_after_what_is_left(string state, string step)
    {
        var (waiting, busy) = (_rig.Add(0, "third"), _rig.Add(0));
        Assert.Equal(FeedStep.Parked, _rig.Take(waiting, out _));
        _rig.Hear(_rig.Commit(2));
        _rig.Feed.End(Enum.Parse<FeedState>(state));
        await waiting.WaitAsync().AsTask().WaitAsync(Deadline);
        Assert.Equal(FeedStep.Updates, _rig.Take(busy, out var revisions));
        Assert.Equal([1, 2], revisions);
        Assert.Equal(step, _rig.Take(busy, out _).ToString());
        _rig.Take(waiting, out revisions);
        Assert.Empty(revisions);
        Assert.Equal(step, _rig.Take(waiting, out _).ToString());
    }

    [Fact]
    public void A_feed_whose_session_ended_takes_no_more_watchers()
    {
        _rig.Add(0);
        _rig.Feed.OnClosed(ended: true);
        using var late = new Watcher { Call = new FakeCall(), Responses = new FakeResponses() };
        Assert.False(_rig.Feed.TryAdd(late));
    }

    [Fact]
    public async Task A_feed_that_could_not_subscribe_takes_no_more_watchers()
    {
        _rig.Add(0);
        var sessions = new Owners();
        sessions.Next.SetResult(null);
        Assert.False(await _rig.Feed.AttachAsync(sessions).WaitAsync(Deadline));
        using var late = new Watcher { Call = new FakeCall(), Responses = new FakeResponses() };
        Assert.False(_rig.Feed.TryAdd(late));
    }

    [Fact]
    public async Task The_last_to_leave_ends_the_subscription_even_one_still_on_its_way()
    {
        var sessions = new Owners();
        var watcher = _rig.Add(0);
        var attached = _rig.Feed.AttachAsync(sessions);
        Assert.True(_rig.Feed.Remove(watcher));
        var cancelled = 0;
        sessions.Next.SetResult(new Subscription(() => cancelled++));
        Assert.True(await attached.WaitAsync(Deadline));
        Assert.Equal(1, cancelled);
    }

    [Fact]
    public async Task Of_two_subscriptions_the_one_asked_for_last_is_kept()
    {
        var watcher = _rig.Add(0);
        var (early, late) = (new Owners(), new Owners());
        var first = _rig.Feed.ReattachAsync(early);
        await early.Asked.WaitAsync(Deadline);
        var second = _rig.Feed.ReattachAsync(late);
        await late.Asked.WaitAsync(Deadline);
        var cancelled = new List<string>();
        late.Next.SetResult(new Subscription(() => cancelled.Add("late")));
        await second.WaitAsync(Deadline);
        early.Next.SetResult(new Subscription(() => cancelled.Add("early")));
        await first.WaitAsync(Deadline);
        Assert.Equal(["early"], cancelled);
        _rig.Feed.Remove(watcher);
        Assert.Equal(["early", "late"], cancelled);
    }

    [Fact]
    public async Task The_owner_is_told_of_each_watcher_that_leaves_and_of_the_last_one_only_that_it_was_the_last()
    {
        var told = new List<string>();
        var (first, second, third) = (_rig.Add(0), _rig.Add(0), _rig.Add(0));
        var owners = new Owners();
        owners.Next.SetResult(new Subscription(() => told.Add("last"), () => told.Add($"{_rig.Feed.WatcherCount} left")));
        Assert.True(await _rig.Feed.AttachAsync(owners).WaitAsync(Deadline));
        Assert.False(_rig.Feed.Remove(first));
        Assert.False(_rig.Feed.Remove(first));
        Assert.False(_rig.Feed.Remove(second));
        Assert.True(_rig.Feed.Remove(third));
        Assert.False(_rig.Feed.Remove(third));
        Assert.Equal(["2 left", "1 left", "last"], told);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_feed_that_takes_no_more_watchers_still_tells_its_owner_when_the_last_one_leaves(bool hasEnded)
    {
        var told = 0;
        var watcher = _rig.Add(0);
        var owners = new Owners();
        owners.Next.SetResult(new Subscription(() => told++));
        Assert.True(await _rig.Feed.AttachAsync(owners).WaitAsync(Deadline));
        _rig.Feed.End(hasEnded ? FeedState.Ended : FeedState.Draining);
        Assert.True(_rig.Feed.Remove(watcher));
        Assert.Equal(1, told);
    }

    private sealed class Owners : ISessions
    {
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource<Subscription?> Next { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Asked => _asked.Task;

        public async ValueTask<Subscription?> SubscribeAsync(SessionKey key, ICommitListener listener, CancellationToken cancellation)
        {
            _asked.SetResult();
            return await Next.Task;
        }

        public ValueTask<Outcome<IMessage>> CallAsync(
            SessionKey key, IMessage request, Requester requester, CancellationToken cancellation) =>
            throw new InvalidOperationException("a feed only subscribes");

        public ValueTask<LogPage?> ReadLogAsync(SessionKey key, long afterRevision, int maxBytes, CancellationToken cancellation) =>
            throw new InvalidOperationException("a feed only subscribes");

        public ValueTask<LogPage?> ReadEndedLogAsync(
            SessionKey key, DateTimeOffset createdAt, long afterRevision, int maxBytes, CancellationToken cancellation) =>
            throw new InvalidOperationException("a feed only subscribes");

        public ValueTask<IReadOnlyList<StoredSummary>> ListAsync(string tenant, string afterId, int limit, CancellationToken cancellation) =>
            throw new InvalidOperationException("a feed only subscribes");

        public ValueTask<IReadOnlyDictionary<SessionKey, SessionSummary>> FindActiveAsync(
            IReadOnlyCollection<SessionKey> keys, CancellationToken cancellation) => throw new NotSupportedException();
    }
}
