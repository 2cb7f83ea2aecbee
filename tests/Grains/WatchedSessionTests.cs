using Snakepit.Grains;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions;
using Snakepit.Tests.Grains.Support;
using OwnersAnswer = Snakepit.Protocol.Storing.WatchedSession;
using WatchedSession = Snakepit.GrpcGateway.Cluster.WatchedSession;

namespace Snakepit.Tests.Grains;

public sealed class WatchedSessionTests
{
    private readonly FakeListener _listener = new();
    private readonly WatchedSession _watched;

    public WatchedSessionTests() => _watched = new WatchedSession(new SessionKey("", "s"), _listener, static watched => watched.End());

    [Fact]
    public async Task What_comes_before_the_owner_has_answered_is_left_to_the_owners_answer()
    {
        await HearAsync(0, 3);
        Assert.Empty(_listener.Heard);
        _watched.OnOwner(new OwnersAnswer { CreatedAt = 7, Revision = 3 });
        Assert.Equal([(3, 0)], _listener.Heard);
    }

    [Fact]
    public async Task Events_go_to_the_listener_as_they_come_late_ones_and_repeated_ones_too()
    {
        _watched.OnOwner(new OwnersAnswer { CreatedAt = 7 });
        await HearAsync(0, 1);
        await HearAsync(2, 2);
        await HearAsync(1, 1);
        await HearAsync(2, 2);
        Assert.Equal([(0, 1), (2, 2), (1, 1), (2, 2)], _listener.Heard);
        Assert.False(_watched.Advance(7, 4));
    }

    [Fact]
    public async Task An_event_without_updates_tells_how_far_the_session_has_come()
    {
        _watched.OnOwner(new OwnersAnswer { CreatedAt = 7 });
        await _watched.OnEventAsync(new WireMessage(new SessionEvent { CreatedAt = 7, PreviousRevision = 1, Revision = 4 }));
        Assert.Equal([(4, 0)], _listener.Heard);
        Assert.False(_watched.Advance(7, 4));
        Assert.True(_watched.Advance(7, 5));
    }

    [Fact]
    public async Task An_event_of_an_earlier_session_of_the_name_is_passed_over()
    {
        _watched.OnOwner(new OwnersAnswer { CreatedAt = 7 });
        await HearAsync(0, 5, createdAt: 6);
        await _watched.OnEventAsync(new WireMessage(new SessionEvent { CreatedAt = 6, Ended = true }));
        Assert.Empty(_listener.Heard);
        Assert.False(_watched.HasEnded);
    }

    [Fact]
    public async Task An_event_of_a_later_session_of_the_name_tells_that_this_one_has_ended()
    {
        _watched.OnOwner(new OwnersAnswer { CreatedAt = 7 });
        await HearAsync(9, 1, createdAt: 8);
        await _listener.Ended;
        Assert.Empty(_listener.Heard);
    }

    [Fact]
    public async Task A_later_session_of_the_owners_answer_or_of_the_store_tells_the_same()
    {
        _watched.OnOwner(new OwnersAnswer { CreatedAt = 7 });
        Assert.False(_watched.Advance(8, 9));
        await _listener.Ended;
        Assert.Empty(_listener.Heard);
    }

    [Fact]
    public async Task The_end_is_told_once_and_nothing_after_it()
    {
        _watched.OnOwner(new OwnersAnswer { CreatedAt = 7 });
        await _watched.OnEventAsync(new WireMessage(new SessionEvent { CreatedAt = 7, Ended = true }));
        _watched.End();
        await _watched.OnEventAsync(new WireMessage(new SessionEvent { CreatedAt = 7, Ended = true }));
        await HearAsync(0, 1);
        await HearAsync(0, 1, createdAt: 8);
        Assert.False(_watched.Advance(7, 9));
        Assert.Equal(1, _listener.TimesEnded);
        Assert.Empty(_listener.Heard);
    }

    [Fact]
    public async Task The_end_comes_behind_the_revision_at_which_it_came()
    {
        _watched.OnOwner(new OwnersAnswer { CreatedAt = 7 });
        await _watched.OnEventAsync(new WireMessage(new SessionEvent { CreatedAt = 7, PreviousRevision = 4, Revision = 4, Ended = true }));
        Assert.Equal([(4, 0)], _listener.Heard);
        await _listener.Ended;
    }

    [Fact]
    public void An_owner_that_says_nothing_new_tells_the_listener_nothing()
    {
        _watched.OnOwner(new OwnersAnswer { CreatedAt = 7, Revision = 2 });
        _watched.OnOwner(new OwnersAnswer { CreatedAt = 7, Revision = 2 });
        _watched.OnOwner(new OwnersAnswer { CreatedAt = 7, Revision = 1 });
        Assert.Equal([(2, 0)], _listener.Heard);
    }

    private Task HearAsync(long previousRevision, int changes, long createdAt = 7)
    {
        var announced = new SessionEvent
        {
            CreatedAt = createdAt,
            PreviousRevision = previousRevision,
            Revision = previousRevision + changes,
        };
        announced.Updates.AddRange(Enumerable.Range(0, changes).Select(_ => new UpdateEvent()));
        return _watched.OnEventAsync(new WireMessage(announced));
    }
}
