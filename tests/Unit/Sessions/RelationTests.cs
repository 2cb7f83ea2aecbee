using Google.Protobuf;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Unit.Sessions;

/// <summary>Dependencies, optimization, and what describes a variable.</summary>
public sealed class RelationTests
{
    [Fact]
    public void A_change_tells_its_direct_dependents_right_after_it()
    {
        var draft = Draft.With("a", "b", "c");
        draft.Ok<IMessage>(Ask.Depend("b", "a"));
        draft.Ok<IMessage>(Ask.Depend("b", "a", "optimization"));
        draft.Ok<IMessage>(Ask.Depend("c", "b", "constraint"));
        Assert.Empty(draft.Updates());
        draft.Ok<IMessage>(Ask.Set("a", "1"));
        draft.Ok<IMessage>(Ask.Set("c", "1"));
        var updates = draft.Updates();
        Assert.Equal([("a", "value_change", 4L), ("b", "dependency_change", 5L), ("c", "value_change", 6L)], updates.Select(Shown));
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["dependency"] = "a",
                ["dependency_id"] = "var_a_1",
                ["dependency_type"] = "data,optimization",
                ["cause_revision"] = "4",
            },
            updates[1].UpdateMetadata);
        Assert.Equal((0, 5L), (updates[1].Variable.Version, updates[1].Variable.Revision));
    }

    [Fact]
    public void Every_kind_of_change_tells_dependents()
    {
        var draft = Draft.With("a", "b");
        draft.Ok<IMessage>(Ask.Depend("b", "a"));
        var zero = draft.Remember("a");
        IMessage[] causes = [Ask.Set("a", "1"), Ask.Update("a", """{"min":0}"""), Ask.Start("a"), Ask.Stop("a"), Ask.SetAll(atomic: true, ("a", "2"))];
        foreach (var cause in causes)
        {
            draft.Ok<IMessage>(cause);
            Assert.Equal(("b", "dependency_change"), (draft.Updates()[^1].Variable.Name, draft.Updates()[^1].UpdateType));
        }

        draft.Ok<IMessage>(Ask.RollBack("a", 0), zero);
        Assert.Equal("dependency_change", draft.Updates()[^1].UpdateType);
        Assert.Equal(Enumerable.Range(3, 12).Select(revision => (long)revision), draft.Updates().Select(update => update.Revision));
    }

    [Fact]
    public void Dependents_are_told_in_the_order_of_their_ids_whichever_came_first()
    {
        var draft = Draft.With("a", "b", "c", "d");
        Assert.All("dbc", name => draft.Ok<IMessage>(Ask.Depend($"{name}", "a")));
        draft.Ok<IMessage>(Ask.Set("a", "1"));
        Assert.Equal(["a", "b", "c", "d"], draft.Updates().Select(update => update.Variable.Name));
    }

    [Fact]
    public void A_cycle_is_refused_and_named_and_the_same_edge_again_is_nothing_new()
    {
        var draft = Draft.With("a", "b", "c");
        draft.Ok<IMessage>(Ask.Depend("a", "b"));
        draft.Ok<IMessage>(Ask.Depend("b", "c"));
        Assert.Equal("Dependency cycle: c -> a -> b -> c", draft.Refused(RefusalKind.Precondition, Ask.Depend("c", "a")));
        Assert.Equal("Dependency cycle: a -> a", draft.Refused(RefusalKind.Precondition, Ask.Depend("a", "a")));
        draft.Commit();
        draft.Ok<IMessage>(Ask.Depend("a", "b", "data"));
        Assert.True(draft.Present.IsEmpty);
    }

    [Fact]
    public void A_bad_edge_is_refused_in_words()
    {
        var draft = Draft.With("a", "b");
        Assert.Equal(
            "dependency_type 'love' must be one of: data, constraint, optimization", draft.Refused(RefusalKind.Invalid, Ask.Depend("a", "b", "love")));
        Assert.Equal("Variable not found: x", draft.Refused(RefusalKind.NotFound, Ask.Depend("x", "a")));
        Assert.Equal("Variable not found: y", draft.Refused(RefusalKind.NotFound, Ask.Depend("a", "y")));
        var limited = new Draft(new SessionLimits { MaxDependencies = 1 });
        Assert.All("abc", name => limited.Ok<IMessage>(Ask.Register($"{name}")));
        limited.Ok<IMessage>(Ask.Depend("a", "b"));
        Assert.Equal("a has 1 dependencies and c 0 dependents, the limit is 1", limited.Refused(RefusalKind.Exhausted, Ask.Depend("a", "c")));
    }

    [Fact]
    public void A_variable_with_dependents_cannot_be_deleted_and_its_dependents_can()
    {
        var draft = Draft.With("a", "b", "c");
        draft.Ok<IMessage>(Ask.Depend("b", "a"));
        draft.Ok<IMessage>(Ask.Depend("c", "a"));
        Assert.Equal("Variable a has dependents: b, c", draft.Refused(RefusalKind.Precondition, Ask.Delete("a")));
        draft.Ok<IMessage>(Ask.Delete("b"));
        draft.Commit();
        Assert.Equal("Variable a has dependents: c", draft.Refused(RefusalKind.Precondition, Ask.Delete("a")));
        draft.Ok<IMessage>(Ask.Delete("c"));
        draft.Ok<IMessage>(Ask.Delete("a"));
        Assert.Equal(["deleted", "deleted"], draft.Updates().Select(update => update.UpdateType));
    }

    [Fact]
    public void Only_the_holder_may_write_while_it_optimizes()
    {
        var draft = Draft.With("x");
        var zero = draft.Remember("x");
        var started = draft.Ok<StartOptimizationResponse>(Ask.Start("x", "me"));
        Assert.Equal("opt_x_2", started.OptimizationId);
        const string Words = "Variable x is locked for optimization by me";
        Assert.Equal(Words, draft.Refused(RefusalKind.Precondition, Ask.Set("x", "1")));
        Assert.Equal(Words, draft.Refused(RefusalKind.Precondition, Ask.Set("x", "1", optimizer: "you")));
        Assert.Equal(Words, draft.Refused(RefusalKind.Precondition, Ask.Delete("x")));
        Assert.Equal(Words, draft.Refused(RefusalKind.Precondition, Ask.RollBack("x", 0), zero));
        Assert.Equal(Words, draft.Refused(RefusalKind.Precondition, Ask.Start("x", "you")));
        Assert.Equal(Words, draft.Refused(RefusalKind.Precondition, Ask.Stop("x", "you")));
        draft.Ok<IMessage>(Ask.Set("x", "1", optimizer: "me"));
        var rollback = Ask.RollBack("x", 0);
        rollback.Metadata["optimizer_id"] = "me";
        draft.Ok<IMessage>(rollback, zero);
        Assert.Equal(started, draft.Ok<StartOptimizationResponse>(Ask.Start("x", "me")));
        Assert.Equal("0", draft.Ok<StopOptimizationResponse>(Ask.Stop("x", "me")).FinalValue.Value.ToStringUtf8());
        Assert.Equal("Variable x is not being optimized", draft.Refused(RefusalKind.Precondition, Ask.Stop("x")));
        draft.Ok<IMessage>(Ask.Set("x", "2"));
    }

    [Fact]
    public void The_lock_shows_in_the_variable_and_in_the_log()
    {
        var draft = Draft.With("x");
        var request = Ask.Start("x", "me");
        request.OptimizerConfig["steps"] = "9";
        draft.Ok<IMessage>(request);
        draft.Ok<IMessage>(Ask.Stop("x", "you", force: true));
        var updates = draft.Updates();
        Assert.Equal([("x", "optimization_change", 2L), ("x", "optimization_change", 3L)], updates.Select(Shown));
        var status = updates[0].Variable.OptimizationStatus;
        Assert.Equal((true, "me", draft.Now), (status.Optimizing, status.OptimizerId, status.StartedAt.ToDateTimeOffset()));
        Assert.Equal(("9", "started"), (updates[0].UpdateMetadata["steps"], updates[0].UpdateMetadata["optimization"]));
        Assert.Null(updates[1].Variable.OptimizationStatus);
        Assert.Equal("stopped_by_force", updates[1].UpdateMetadata["optimization"]);
        Assert.Equal(0, updates[1].Variable.Version);
    }

    [Fact]
    public void A_bad_start_is_refused_in_words()
    {
        var draft = Draft.With("x");
        Assert.Equal("Variable not found: y", draft.Refused(RefusalKind.NotFound, Ask.Start("y")));
        Assert.Equal("optimizer_id must not be empty", draft.Refused(RefusalKind.Invalid, Ask.Start("x", "")));
        Assert.Equal("Variable not found: y", draft.Refused(RefusalKind.NotFound, Ask.Stop("y")));
    }

    [Fact]
    public void An_update_changes_what_describes_the_variable_and_neither_value_nor_version()
    {
        var draft = Draft.With("x");
        draft.Ok<IMessage>(Ask.Set("x", "5"));
        var request = Ask.Update("x", """{"max":9}""", "{}");
        request.Metadata["k"] = "v";
        var reply = draft.Ok<EncodedUpdateVariableResponse>(request);
        var variable = Variable.Parser.ParseFrom(reply.Variable);
        Assert.Equal((1, "5", """{"max":9}""", "{}", "v", 3L), (
            variable.Version, variable.Value.Value.ToStringUtf8(), variable.ConstraintsJson, variable.AccessControlJson, variable.Metadata["k"], reply.Revision));
        Assert.Equal(("x", "constraint_change", 3L), Shown(draft.Updates()[1]));
        Assert.Equal(3, draft.Ok<EncodedUpdateVariableResponse>(request).Revision);
        Assert.Equal(2, draft.Updates().Count);
        Assert.Equal("Variable x: value 10 is above maximum 9", draft.Refused(RefusalKind.Invalid, Ask.Set("x", "10")));
        draft.Ok<IMessage>(Ask.Update("x", constraints: ""));
        draft.Ok<IMessage>(Ask.Set("x", "10"));
    }

    [Fact]
    public void A_bad_update_is_refused_in_words()
    {
        var draft = Draft.With("x");
        Assert.Equal("Variable not found: y", draft.Refused(RefusalKind.NotFound, Ask.Update("y")));
        Assert.StartsWith("Variable x: Invalid constraints: ", draft.Refused(RefusalKind.Invalid, Ask.Update("x", "{")));
        Assert.Equal(
            "Variable x: the current value breaks the new constraints: value 0 is below minimum 1",
            draft.Refused(RefusalKind.Precondition, Ask.Update("x", """{"min":1}""")));
        Assert.Equal("access_control_json is not valid JSON", draft.Refused(RefusalKind.Invalid, Ask.Update("x", access: "{")));
        var request = Ask.Update("x", "{}");
        request.ExpectedVersion = 3;
        Assert.Equal("Version conflict on x: expected version 3, current version is 0", draft.Refused(RefusalKind.Conflict, request));
    }

    private static (string, string, long) Shown(VariableUpdate update) => (update.Variable.Name, update.UpdateType, update.Revision);
}
