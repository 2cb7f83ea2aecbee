using Google.Protobuf;
using Snakepit.Grains;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions;
using Snakepit.Tests.Grains.Support;
using Snakepit.Tests.Storage;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Grains;

public sealed class SessionAnnouncerTests
{
    private const int MaxBytes = 64 * 1024;

    private readonly ManualClock _clock = new();
    private readonly HeldStreams _streams = new();
    private readonly ToldWarnings _log = new();
    private readonly SessionAnnouncer _announcer;

    public SessionAnnouncerTests()
    {
        _announcer = new SessionAnnouncer(new SessionKey("", "s"), _streams, _clock, _log);
        _announcer.OnSubscribed(DateTimeOffset.UnixEpoch.AddMicroseconds(7), revision: 0);
        _announcer.Note(new Interest("gateway", 1, 1));
    }

    [Fact]
    public async Task An_event_says_which_session_changed_and_how()
    {
        Commit(3, 2);
        Assert.Equal(
            new SessionEvent
            {
                CreatedAt = 7,
                PreviousRevision = 3,
                Revision = 5,
                Updates = { Update(4), Update(5) },
            },
            await _streams.NextAsync());
    }

    [Fact]
    public async Task What_gathers_while_one_event_is_under_way_goes_as_the_next()
    {
        var held = await HoldAsync();
        Commit(1, 2);
        Commit(3, 1);
        held.Continue();
        AssertWhole(1, 4, await _streams.NextAsync());
        Commit(4, 1);
        AssertWhole(4, 5, await _streams.NextAsync());
    }

    [Fact]
    public async Task An_event_with_a_gap_in_it_has_no_updates_whatever_follows()
    {
        var held = await HoldAsync();
        Commit(1, 1);
        Commit(5, 1);
        Commit(6, 1);
        held.Continue();
        AssertEmpty(1, 7, await _streams.NextAsync());
        Commit(7, 1);
        AssertWhole(7, 8, await _streams.NextAsync());
    }

    [Fact]
    public async Task A_commit_too_large_to_travel_is_announced_by_its_revision()
    {
        Commit(0, 1, MaxBytes);
        AssertWhole(0, 1, await _streams.NextAsync());
        Commit(1, 1, MaxBytes + 1);
        AssertEmpty(1, 2, await _streams.NextAsync());
    }

    [Fact]
    public async Task What_gathers_beyond_the_bound_of_bytes_is_announced_by_its_revision()
    {
        var held = await HoldAsync();
        Commit(1, 1, MaxBytes);
        Commit(2, 1);
        Commit(3, 1);
        held.Continue();
        AssertEmpty(1, 4, await _streams.NextAsync());
    }

    [Fact]
    public async Task What_gathers_beyond_the_bound_of_updates_is_announced_by_its_revision()
    {
        var held = await HoldAsync();
        Commit(1, 1_000);
        held.Continue();
        AssertWhole(1, 1_001, await _streams.NextAsync());
        held = await HoldAsync(1_001);
        Commit(1_002, 999);
        Commit(2_001, 2);
        held.Continue();
        AssertEmpty(1_002, 2_003, await _streams.NextAsync());
    }

    [Fact]
    public async Task That_the_session_has_ended_comes_with_the_last_changes()
    {
        var held = await HoldAsync();
        Commit(1, 1);
        _announcer.OnClosed(ended: true);
        held.Continue();
        var last = await _streams.NextAsync();
        AssertWhole(1, 2, last);
        Assert.True(last.Ended);
    }

    [Fact]
    public async Task The_end_of_a_session_at_rest_is_announced_with_where_its_log_ends()
    {
        Commit(0, 3);
        AssertWhole(0, 3, await _streams.NextAsync());
        _announcer.OnClosed(ended: true);
        Assert.Equal(new SessionEvent { CreatedAt = 7, PreviousRevision = 3, Revision = 3, Ended = true }, await _streams.NextAsync());
    }

    [Fact]
    public async Task So_is_the_end_of_one_whose_changes_nobody_here_has_heard_of()
    {
        _announcer.OnSubscribed(DateTimeOffset.UnixEpoch.AddMicroseconds(7), revision: 4);
        _announcer.OnClosed(ended: true);
        Assert.Equal(new SessionEvent { CreatedAt = 7, PreviousRevision = 4, Revision = 4, Ended = true }, await _streams.NextAsync());
    }

    [Fact]
    public async Task A_session_that_goes_on_elsewhere_announces_nothing()
    {
        _announcer.OnClosed(ended: false);
        Commit(1, 1);
        AssertWhole(1, 2, await _streams.NextAsync());
    }

    [Fact]
    public async Task What_a_session_made_anew_announces_is_not_said_of_the_one_before()
    {
        var held = await HoldAsync();
        _announcer.OnClosed(ended: true);
        _announcer.OnSubscribed(DateTimeOffset.UnixEpoch.AddMicroseconds(9), revision: 5);
        Commit(5, 1);
        held.Continue();
        var next = await _streams.NextAsync();
        AssertWhole(5, 6, next);
        Assert.Equal((9, false), (next.CreatedAt, next.Ended));
    }

    [Fact]
    public async Task A_stream_that_fails_is_logged_and_the_next_event_goes_out()
    {
        var held = await HoldAsync();
        Commit(1, 1);
        held.Fail(new TimeoutException("no queue"));
        AssertWhole(1, 2, await _streams.NextAsync());
        Assert.EndsWith("no queue", Assert.Single(_log.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_announced_to_nobody()
    {
        _announcer.Note(new Interest("gateway", 2, 0));
        Commit(0, 1);
        _announcer.OnClosed(ended: true);
        _announcer.Note(new Interest("gateway", 3, 1));
        Commit(1, 1);
        var first = await _streams.NextAsync();
        AssertWhole(1, 2, first);
        Assert.False(first.Ended);
    }

    [Fact]
    public async Task An_interest_that_is_not_renewed_lapses()
    {
        _clock.Advance(Interest.Lasts);
        Assert.Equal(1, _announcer.WatcherCount);
        _clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(0, _announcer.WatcherCount);
        Commit(0, 1);
        _announcer.Note(new Interest("gateway", 2, 1));
        Commit(1, 1);
        AssertWhole(1, 2, await _streams.NextAsync());
    }

    [Fact]
    public void The_watchers_of_several_gateways_add_up_and_each_lapses_for_itself()
    {
        _clock.Advance(Interest.Lasts);
        _announcer.Note(new Interest("two", 1, 2));
        _announcer.Note(new Interest("three", 8, 4));
        Assert.Equal(7, _announcer.WatcherCount);
        _announcer.Note(new Interest("three", 9, 5));
        Assert.Equal(8, _announcer.WatcherCount);
        _clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(7, _announcer.WatcherCount);
        _announcer.Note(new Interest("two", 2, 0));
        Assert.Equal(5, _announcer.WatcherCount);
    }

    [Fact]
    public void An_interest_that_arrives_behind_a_later_one_says_nothing()
    {
        _announcer.Note(new Interest("gateway", 3, 0));
        _announcer.Note(new Interest("gateway", 2, 9));
        Assert.Equal(0, _announcer.WatcherCount);
        _announcer.Note(new Interest("gateway", 4, 2));
        Assert.Equal(2, _announcer.WatcherCount);
    }

    private static UpdateEvent Update(long revision, int bytes = 3) => new()
    {
        UpdateType = UpdateType.ValueChange,
        VariableId = $"id-{revision}",
        VariableName = $"name-{revision}",
        Encoded = UnsafeByteOperations.UnsafeWrap(new byte[bytes]),
    };

    private static void AssertWhole(long previous, long revision, SessionEvent announced)
    {
        Assert.Equal((previous, revision), (announced.PreviousRevision, announced.Revision));
        Assert.Equal(
            Enumerable.Range((int)previous + 1, (int)(revision - previous)).Select(number => $"id-{number}"),
            announced.Updates.Select(update => update.VariableId));
    }

    private static void AssertEmpty(long previous, long revision, SessionEvent announced)
    {
        Assert.Equal((previous, revision), (announced.PreviousRevision, announced.Revision));
        Assert.Empty(announced.Updates);
    }

    private void Commit(long previousRevision, int changes, int bytes = 3) =>
        _announcer.OnCommit(previousRevision, [.. Enumerable.Range(1, changes).Select(i => Logged(previousRevision + i, bytes))]);

    private static LoggedUpdate Logged(long revision, int bytes)
    {
        var update = Update(revision, bytes);
        return new LoggedUpdate(revision, update.UpdateType, update.VariableId, update.VariableName, update.Encoded);
    }

    // One event, of one change, is under way.
    private async Task<SyncPoint> HoldAsync(long previousRevision = 0)
    {
        var held = _streams.Hold();
        Commit(previousRevision, 1);
        AssertWhole(previousRevision, previousRevision + 1, await _streams.NextAsync());
        await held.Reached;
        return held;
    }
}
