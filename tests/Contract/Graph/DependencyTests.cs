using System.Globalization;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Contract.Support;

namespace Snakepit.Tests.Contract.Graph;

/// <summary>`DependAsync(a, b)`: a depends on b.</summary>
public sealed class DependencyTests(SharedServer server)
{
    [Fact]
    public async Task A_change_tells_direct_dependents_right_after_itself()
    {
        var session = await WithVariablesAsync("a", "b", "c", "other");
        Assert.True((await session.DependAsync("a", "b")).Success);
        await session.DependAsync("b", "c");
        using var watch = await session.WatchAsync();

        var cause = await session.SetAsync("c", 5);
        await session.SetAsync("other", 1);

        var updates = await watch.TakeAsync(3);
        Assert.Equal(["value_change c", "dependency_change b", "value_change other"], updates.Select(Described));
        Assert.Equal([cause.Revision, cause.Revision + 1, cause.Revision + 2], updates.Select(update => update.Revision));
        Assert.Equal("0", updates[1].NewText());
        Assert.Equal("c", updates[1].UpdateMetadata["dependency"]);
        Assert.Equal(cause.Revision.ToString(CultureInfo.InvariantCulture), updates[1].UpdateMetadata["cause_revision"]);
        Assert.Equal(0, (await session.GetAsync("b")).Version);
        Assert.Equal(cause.Revision + 1, (await session.GetAsync("b")).Revision);
    }

    [Fact]
    public async Task A_watcher_of_the_dependent_alone_is_told()
    {
        var session = await WithVariablesAsync("a", "b");
        await session.DependAsync("a", "b", "constraint");
        using var watch = await session.WatchAsync("a");

        var cause = await session.SetAsync("b", 5);

        var update = await watch.NextAsync("dependency_change");
        Assert.Equal(("a", cause.Revision + 1), (update.Variable.Name, update.Revision));
        Assert.Equal("constraint", update.UpdateMetadata["dependency_type"]);
    }

    [Fact]
    public async Task In_a_batch_each_dependency_change_follows_its_own_cause()
    {
        var session = await WithVariablesAsync("a", "b", "c");
        await session.DependAsync("a", "b");
        await session.DependAsync("a", "c");
        using var watch = await session.WatchAsync();

        var batch = await session.SetManyAsync(session.Batch(true, ("b", 1), ("c", 1), ("a", 1)));

        var updates = await watch.TakeAsync(5);
        Assert.Equal(batch.Revision, updates[^1].Revision);
        for (var n = 0; n < updates.Count; n++)
        {
            if (updates[n].UpdateType == "dependency_change")
            {
                Assert.Equal(updates[n - 1].Variable.Name, updates[n].UpdateMetadata["dependency"]);
            }
        }

        Assert.Equal(2, updates.Count(update => update.UpdateType == "dependency_change"));
        Assert.Equal(("1", 1), ((await session.GetAsync("a")).Text(), (await session.GetAsync("a")).Version));
    }

    [Theory]
    [InlineData("a", "a", "a -> a")]
    [InlineData("c", "a", "c -> a -> b -> c")]
    [InlineData("b", "a", "b -> a -> b")]
    public async Task A_cycle_is_refused_and_named(string from, string to, string cycle)
    {
        var session = await WithVariablesAsync("a", "b", "c");
        await session.DependAsync("a", "b");
        await session.DependAsync("b", "c");

        await session.DependAsync(from, to).RefusedAsync(RpcCode.FailedPrecondition, cycle);
    }

    [Fact]
    public async Task The_same_dependency_twice_is_one_and_its_types_are_known()
    {
        var session = await WithVariablesAsync("a", "b");
        foreach (var type in new[] { "data", "constraint", "optimization", "data", "" })
        {
            Assert.True((await session.DependAsync("a", "b", type)).Success);
        }

        await session.DependAsync("a", "b", "emotional").RefusedAsync(RpcCode.InvalidArgument, "data, constraint, optimization");
        using var watch = await session.WatchAsync("a");
        await session.SetAsync("b", 1);
        await session.SetAsync("a", 1);
        Assert.Equal("data,constraint,optimization", (await watch.NextAsync("dependency_change")).UpdateMetadata["dependency_type"]);
        await watch.NextAsync("value_change");
    }

    [Fact]
    public async Task Unknown_variables_are_not_found()
    {
        var session = await WithVariablesAsync("a");

        await session.DependAsync("a", "y").RefusedExactlyAsync(RpcCode.NotFound, "Variable not found: y");
        await session.DependAsync("y", "a").RefusedExactlyAsync(RpcCode.NotFound, "Variable not found: y");
    }

    [Fact]
    public async Task A_variable_with_dependents_cannot_be_deleted_until_they_are_gone()
    {
        var session = await WithVariablesAsync("a", "b");
        await session.DependAsync("a", "b");

        await session.DeleteAsync("b").RefusedAsync(RpcCode.FailedPrecondition, "b has dependents: a");

        await session.DeleteAsync("a");
        Assert.True((await session.DeleteAsync("b")).Success);
    }

    [Fact]
    public async Task A_dependent_that_was_deleted_is_told_nothing_and_its_name_inherits_nothing()
    {
        var session = await WithVariablesAsync("a", "b");
        await session.DependAsync("a", "b");
        await session.DeleteAsync("a");
        await session.RegisterAsync("a");
        using var watch = await session.WatchAsync();

        await session.SetAsync("b", 1);
        await session.SetAsync("a", 1);

        Assert.Equal(["value_change b", "value_change a"], (await watch.TakeAsync(2)).Select(Described));
        Assert.True((await session.DependAsync("b", "a")).Success);
    }

    private static string Described(VariableUpdate update) => $"{update.UpdateType} {update.Variable.Name}";

    private async Task<SessionClient> WithVariablesAsync(params string[] names)
    {
        var session = server.NewSession();
        foreach (var name in names)
        {
            await session.RegisterAsync(name, 0);
        }

        return session;
    }
}
