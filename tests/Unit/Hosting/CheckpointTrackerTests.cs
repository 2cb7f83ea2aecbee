using Snakepit.Protocol.Storing;
using Snakepit.Sessions;
using Snakepit.Storage;
using Snakepit.Storage.Hosting;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Unit.Hosting;

/// <summary>What a checkpoint says of requests.</summary>
public sealed class CheckpointTrackerTests
{
    private static readonly string Minted = new MintedRequestId("one", 1, 1).ToString();

    private readonly CheckpointTracker _tracker = new();
    private readonly SessionState _state = Draft.With("x").State!;

    [Fact]
    public void A_minted_id_that_no_checkpoint_has_seen_is_not_taken_back()
    {
        Note(Minted);
        _tracker.NoteForgotten(Minted);
        Assert.Equal(("", ""), Requests(Take()));
    }

    [Fact]
    public void A_minted_id_that_a_checkpoint_has_is_taken_back()
    {
        Note(Minted);
        Take();
        _tracker.NoteForgotten(Minted);
        Assert.False(_tracker.IsClean);
        Assert.Equal(("", Minted), Requests(Take()));
        Assert.True(_tracker.IsClean);
    }

    [Fact]
    public void An_id_of_a_client_is_always_taken_back_as_it_may_have_been_used_before()
    {
        Note("of a client");
        _tracker.NoteForgotten("of a client");
        Assert.Equal(("", "of a client"), Requests(Take()));
    }

    [Fact]
    public void A_minted_id_that_a_failed_checkpoint_may_have_stored_is_taken_back()
    {
        Note(Minted);
        _tracker.PutBack(Take(), _state);
        _tracker.NoteForgotten(Minted);
        Assert.Equal(("", Minted), Requests(Take()));
    }

    [Fact]
    public void An_id_forgotten_while_its_checkpoint_was_under_way_does_not_come_back_with_it()
    {
        Note(Minted);
        var underWay = Take();
        _tracker.NoteForgotten(Minted);
        _tracker.PutBack(underWay, _state);
        Assert.Equal(("", Minted), Requests(Take()));
    }

    [Fact]
    public void A_request_of_a_failed_checkpoint_goes_with_the_next()
    {
        Note(Minted);
        _tracker.PutBack(Take(), _state);
        Assert.Equal((Minted, ""), Requests(Take()));
    }

    [Fact]
    public void Tools_are_in_the_next_checkpoint_only_if_they_are_new()
    {
        Assert.Null(Take().Tools);
        _tracker.NoteTools();
        Assert.Same(_state.Tools.Set, Take().Tools);
        Assert.Null(Take().Tools);
    }

    [Fact]
    public void Tools_of_a_failed_checkpoint_go_with_the_next()
    {
        _tracker.NoteTools();
        _tracker.PutBack(Take(), _state);
        Assert.False(_tracker.IsClean);
        Assert.NotNull(Take().Tools);
    }

    [Fact]
    public void Commits_without_a_change_are_superseded_by_the_next_checkpoint_that_is_stored()
    {
        _tracker.NoteCommit(new LogPosition(7, 3), changes: 0, bytes: 10);
        _tracker.NoteCommit(new LogPosition(8, 4), changes: 1, bytes: 10);
        var failed = Take();
        Assert.Equal([new LogPosition(7, 3)], failed.Superseded);
        _tracker.PutBack(failed, _state);
        _tracker.NoteCommit(new LogPosition(8, 5), changes: 0, bytes: 10);
        Assert.Equal([new LogPosition(7, 3), new LogPosition(8, 5)], Take().Superseded.Order(Comparer<LogPosition>.Create((a, b) => a.Number.CompareTo(b.Number))));
        Assert.Empty(Take().Superseded);
    }

    private static (string Remembered, string Forgotten) Requests(Checkpoint checkpoint) =>
        (string.Join(' ', checkpoint.Requests.Select(request => request.RequestId)), string.Join(' ', checkpoint.ForgottenRequests));

    private void Note(string requestId) => _tracker.NoteRequests([new RequestRecord { RequestId = requestId }]);

    private Checkpoint Take() => _tracker.Take(_state, default, new LogSize());
}
