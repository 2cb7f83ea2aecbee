using Google.Protobuf;
using Snakepit.Protocol.Bridge;
using Snakepit.Sessions;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Unit.Sessions;

public sealed class BatchTests
{
    [Fact]
    public void An_atomic_batch_is_all_with_revisions_in_a_row()
    {
        var draft = Draft.With("x", "y", "z");
        var reply = draft.Ok<BatchSetVariablesResponse>(Ask.SetAll(atomic: true, ("x", "1"), ("var_y_2", "2"), ("z", "3")));
        Assert.True(reply.Success);
        Assert.Equal(6, reply.Revision);
        Assert.Equal(new Dictionary<string, int> { ["x"] = 1, ["var_y_2"] = 1, ["z"] = 1 }, reply.NewVersions);
        Assert.Equal([4, 5, 6], draft.Updates().Select(update => update.Revision));
    }

    [Fact]
    public void An_atomic_batch_with_one_culprit_is_nothing_and_names_each()
    {
        var draft = Draft.With("x");
        var reply = draft.Ok<BatchSetVariablesResponse>(Ask.SetAll(atomic: true, ("x", "1"), ("y", "2"), ("z", "3")));
        Assert.False(reply.Success);
        Assert.Equal(new Dictionary<string, string> { ["y"] = "Variable not found: y", ["z"] = "Variable not found: z" }, reply.Errors);
        Assert.Empty(reply.NewVersions);
        Assert.True(draft.Present.IsEmpty);
    }

    [Fact]
    public void A_batch_that_is_not_atomic_applies_the_good_and_names_the_rest()
    {
        var draft = Draft.With("x", "y");
        draft.Ok<IMessage>(Ask.Start("y", "someone"));
        var reply = draft.Ok<BatchSetVariablesResponse>(Ask.SetAll(atomic: false, ("x", "1"), ("y", "2"), ("none", "3")));
        Assert.True(reply.Success);
        Assert.Equal(["none", "y"], reply.Errors.Keys.Order());
        Assert.Equal("Variable y is locked for optimization by someone", reply.Errors["y"]);
        Assert.Equal(["x"], reply.NewVersions.Keys);
    }

    [Fact]
    public void A_batch_that_is_not_atomic_fails_only_where_nothing_was_applied()
    {
        var draft = Draft.With("x");
        Assert.False(draft.Ok<BatchSetVariablesResponse>(Ask.SetAll(atomic: false, ("x", "\"a\""))).Success);
        Assert.True(draft.Ok<BatchSetVariablesResponse>(Ask.SetAll(atomic: false)).Success);
        Assert.True(draft.Ok<BatchSetVariablesResponse>(Ask.SetAll(atomic: true)).Success);
        Assert.True(draft.Present.IsEmpty);
    }

    [Theory]
    [InlineData("x", "var_x_1")]
    [InlineData("var_x_1", "x")]
    public void Two_names_of_one_variable_are_both_refused_whatever_their_order(string first, string second)
    {
        var draft = Draft.With("x", "y");
        var reply = draft.Ok<BatchSetVariablesResponse>(Ask.SetAll(atomic: false, (first, "1"), (second, "2"), ("y", "3")));
        Assert.Equal(["var_x_1", "x"], reply.Errors.Keys.Order());
        Assert.Equal("x and var_x_1 name the same variable", reply.Errors["x"]);
        Assert.Equal(["y"], reply.NewVersions.Keys);
    }

    [Fact]
    public void Expected_versions_are_judged_per_item_and_must_be_of_one()
    {
        var draft = Draft.With("x", "y");
        var request = Ask.SetAll(atomic: false, ("x", "1"), ("y", "1"));
        request.ExpectedVersions.Add("x", 0);
        request.ExpectedVersions.Add("y", 4);
        var reply = draft.Ok<BatchSetVariablesResponse>(request);
        Assert.Equal("Version conflict on y: expected version 4, current version is 0", reply.Errors["y"]);
        Assert.Equal(["x"], reply.NewVersions.Keys);
        request.ExpectedVersions.Add("z", 0);
        Assert.Equal("expected_versions names z, which is not among the updates", draft.Refused(RefusalKind.Invalid, request));
    }

    [Fact]
    public void A_batch_has_a_limit()
    {
        var draft = new Draft(new SessionLimits { MaxBatch = 1 });
        draft.Ok<IMessage>(Ask.Register("x"));
        Assert.Equal("batch has 2 items, the limit is 1", draft.Refused(RefusalKind.Exhausted, Ask.SetAll(atomic: false, ("x", "1"), ("y", "1"))));
    }

    [Fact]
    public void Items_that_depend_on_each_other_are_each_set_once_and_notified_in_between()
    {
        var draft = Draft.With("x", "y");
        draft.Ok<IMessage>(Ask.Depend("y", "x"));
        var reply = draft.Ok<BatchSetVariablesResponse>(Ask.SetAll(atomic: true, ("x", "1"), ("y", "2")));
        Assert.Equal([1, 1], reply.NewVersions.Values);
        Assert.Equal(
            [("x", "value_change", "1"), ("y", "dependency_change", "0"), ("y", "value_change", "2")],
            draft.Updates().Select(update => (update.Variable.Name, update.UpdateType, update.Variable.Value.Value.ToStringUtf8())));
    }

    [Fact]
    public void Metadata_and_binary_values_go_to_each_item()
    {
        var draft = Draft.With("x");
        draft.Ok<IMessage>(Ask.Register("e", "[1]", "embedding"));
        var request = Ask.SetAll(atomic: true, ("x", "1"));
        request.Metadata["k"] = "v";
        request.Updates.Add("e", Ask.Json("""{"shape":[2],"dtype":"float32","binary_format":"raw","type":"embedding"}""", "embedding.binary"));
        request.BinaryUpdates.Add("e", ByteString.CopyFrom(new byte[8]));
        Assert.Empty(draft.Ok<BatchSetVariablesResponse>(request).Errors);
        Assert.Equal(8, draft.Find("e").Value.Binary.Length);
        Assert.All(draft.Updates().TakeLast(2), update => Assert.Equal("v", update.Variable.Metadata["k"]));
    }
}
