using Google.Protobuf;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Unit.Sessions;

public sealed class SetTests
{
    [Fact]
    public void Each_set_is_one_version_and_one_revision_with_the_value_before_it()
    {
        var draft = Draft.With("x");
        Assert.Equal(new SetVariableResponse { Success = true, NewVersion = 1, Revision = 2 }, draft.Ok<SetVariableResponse>(Ask.Set("x", "1")));
        Assert.Equal(new SetVariableResponse { Success = true, NewVersion = 2, Revision = 3 }, draft.Ok<SetVariableResponse>(Ask.Set("var_x_1", "2.0")));
        var updates = draft.Updates();
        Assert.Equal([(2L, "0", "1"), (3L, "1", "2")], updates.Select(Shown));
        Assert.All(updates, update => Assert.Equal(("value_change", "elixir", draft.Now), (update.UpdateType, update.UpdateSource, update.Timestamp.ToDateTimeOffset())));
        Assert.Equal([1L, 2L], draft.Present.Changes.Select(change => change.Record.Previous));
    }

    [Fact]
    public void Metadata_are_merged_and_source_decides_the_source()
    {
        var draft = Draft.With("x");
        var request = Ask.Set("x", "1");
        request.Metadata.Add(new Dictionary<string, string> { ["a"] = "1", ["source"] = "Python" });
        draft.Ok<IMessage>(request);
        var next = Ask.Set("x", "2");
        next.Metadata["b"] = "2";
        draft.Ok<IMessage>(next);
        var variable = draft.Updates()[1].Variable;
        Assert.Equal(("1", "2", Variable.Types.Source.Python), (variable.Metadata["a"], variable.Metadata["b"], variable.Source));
        Assert.Equal(["b"], draft.Updates()[1].UpdateMetadata.Keys);
        Assert.Equal("python", draft.Updates()[1].UpdateSource);
    }

    [Fact]
    public void An_expected_version_must_match_and_zero_is_a_version_like_any_other()
    {
        var draft = Draft.With("x");
        draft.Ok<IMessage>(Ask.Set("x", "1", expected: 0));
        Assert.Equal(
            "Version conflict on x: expected version 0, current version is 1",
            draft.Refused(RefusalKind.Conflict, Ask.Set("x", "2", expected: 0)));
        draft.Ok<IMessage>(Ask.Set("x", "2", expected: 1));
    }

    [Fact]
    public void A_value_that_the_type_or_the_constraints_refuse_is_refused_with_the_name()
    {
        var draft = Draft.With();
        draft.Ok<IMessage>(Ask.Register("x", "1", constraints: """{"max":9}"""));
        Assert.Equal("Variable x: value 10 is above maximum 9", draft.Refused(RefusalKind.Invalid, Ask.Set("x", "10")));
        Assert.StartsWith("Variable x: must be an integer", draft.Refused(RefusalKind.Invalid, Ask.Set("x", "\"a\"", "string")));
        Assert.StartsWith("Variable x: value is missing", draft.Refused(RefusalKind.Invalid, new SetVariableRequest { VariableIdentifier = "x" }));
        Assert.Equal("Variable not found: y", draft.Refused(RefusalKind.NotFound, Ask.Set("y", "1")));
    }

    [Fact]
    public void A_large_old_value_is_left_out_and_a_large_value_is_stored_apart()
    {
        var draft = Draft.With();
        var large = $"\"{new string('a', VariableState.LargeValueBytes)}\"";
        draft.Ok<IMessage>(Ask.Register("x", large, "string"));
        draft.Ok<IMessage>(Ask.Set("x", "\"b\"", "string"));
        draft.Ok<IMessage>(Ask.Set("x", "\"c\"", "string"));
        var updates = draft.Updates();
        Assert.Equal(large, updates[0].Variable.Value.Value.ToStringUtf8());
        Assert.Null(updates[1].OldValue);
        Assert.Equal("omitted", updates[1].UpdateMetadata["old_value"]);
        Assert.False(updates[2].UpdateMetadata.ContainsKey("old_value"));
        Assert.Equal([1L, 0L, 0L], draft.Present.Changes.Select(change => change.Record.LargeValue));
        var stored = VariableUpdate.Parser.ParseFrom(draft.Present.Changes[0].Record.Update);
        Assert.Equal(("", updates[0].Variable.Value.TypeUrl), (stored.Variable.Value.Value.ToStringUtf8(), stored.Variable.Value.TypeUrl));
    }

    [Fact]
    public void Metadata_are_limited_alone_and_with_what_is_there()
    {
        var draft = new Draft(new SessionLimits { MaxMetadataEntries = 2 });
        draft.Ok<IMessage>(Ask.Register("x"));
        var request = Ask.Set("x", "1");
        request.Metadata.Add(new Dictionary<string, string> { ["a"] = "", ["b"] = "" });
        draft.Ok<IMessage>(request);
        request.Metadata.Remove("a");
        request.Metadata.Add("c", "");
        Assert.Equal("metadata has 3 entries, the limit is 2", draft.Refused(RefusalKind.Exhausted, request));
    }

    [Fact]
    public void A_deletion_shows_the_variable_as_it_was_and_frees_its_name()
    {
        var draft = Draft.With("x");
        draft.Ok<IMessage>(Ask.Set("x", "1"));
        Assert.Equal(new DeleteVariableResponse { Success = true, Revision = 3 }, draft.Ok<DeleteVariableResponse>(Ask.Delete("x")));
        var update = draft.Updates()[1];
        Assert.Equal(("deleted", 1, "1", "1"), (update.UpdateType, update.Variable.Version, update.Variable.Value.Value.ToStringUtf8(), update.OldValue.Value.ToStringUtf8()));
        Assert.Equal("Variable not found: x", draft.Refused(RefusalKind.NotFound, Ask.Delete("x")));
        draft.Commit();
        Assert.Equal(0, draft.State!.VariableCount);
        Assert.False(draft.State.TryFind("x", Requester.Unrestricted, out _));
    }

    [Fact]
    public void A_rollback_makes_a_new_version_of_an_old_value_if_the_constraints_of_now_take_it()
    {
        var draft = Draft.With("x");
        var zero = draft.Remember("x");
        draft.Ok<IMessage>(Ask.Set("x", "7"));
        var reply = draft.Ok<EncodedRollbackVariableResponse>(Ask.RollBack("x", 0), zero);
        var variable = Variable.Parser.ParseFrom(reply.Variable);
        Assert.Equal((2, "0", 3L), (variable.Version, variable.Value.Value.ToStringUtf8(), reply.Revision));
        var update = draft.Updates()[1];
        Assert.Equal(("value_change", "0", "7"), (update.UpdateType, update.UpdateMetadata["rollback_to"], update.OldValue.Value.ToStringUtf8()));
        draft.Ok<IMessage>(Ask.Set("x", "8"));
        draft.Ok<IMessage>(Ask.Update("x", """{"min":5}"""));
        Assert.Equal("Variable x: value 0 is below minimum 5", draft.Refused(RefusalKind.Invalid, Ask.RollBack("x", 0), zero));
    }

    [Fact]
    public void A_version_that_is_not_there_is_not_found()
    {
        var draft = Draft.With("x");
        var zero = draft.Remember("x");
        Assert.Equal("Version not found: 5 of variable x", draft.Refused(RefusalKind.NotFound, Ask.RollBack("x", 5)));
        Assert.Equal("Variable not found: y", draft.Refused(RefusalKind.NotFound, Ask.RollBack("y", 0)));
        draft.Ok<IMessage>(Ask.Delete("x"));
        draft.Ok<IMessage>(Ask.Register("x"));
        Assert.Equal("Version not found: 0 of variable x", draft.Refused(RefusalKind.NotFound, Ask.RollBack("x", 0), zero));
    }

    private static (long, string, string) Shown(VariableUpdate update) =>
        (update.Revision, update.OldValue.Value.ToStringUtf8(), update.Variable.Value.Value.ToStringUtf8());
}
