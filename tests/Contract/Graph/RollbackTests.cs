using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Contract.Support;

namespace Snakepit.Tests.Contract.Graph;

public sealed class RollbackTests(SharedServer server)
{
    [Fact]
    public async Task A_rollback_is_a_new_version_with_the_old_value()
    {
        var session = server.NewSession();
        await session.RegisterAsync("x", 10);
        await session.SetAsync("x", 11);
        var set = await session.SetAsync("x", 12);
        using var watch = await session.WatchAsync("x");

        var answer = await session.RollBackAsync("x", 1);

        Assert.True(answer.Success);
        Assert.Equal(set.Revision + 1, answer.Revision);
        Assert.Equal(("11", 3), (answer.Variable.Text(), answer.Variable.Version));
        Assert.Equal(answer.Variable, await session.GetAsync("x"));
        var update = await watch.NextAsync("value_change");
        Assert.Equal(("11", "12", answer.Revision), (update.NewText(), update.OldValue.Text(), update.Revision));
        Assert.Equal(["11", "12", "11", "10"], (await session.HistoryAsync("x")).Select(entry => entry.Value.Text()));
    }

    [Fact]
    public async Task A_rollback_to_the_present_version_and_of_a_rollback_work()
    {
        var session = server.NewSession();
        await session.RegisterAsync("x", 10);
        await session.SetAsync("x", 11);

        Assert.Equal(2, (await session.RollBackAsync("x", 1)).Variable.Version);
        Assert.Equal("10", (await session.RollBackAsync("x", 0)).Variable.Text());
        Assert.Equal(("11", 4), await TextAndVersionAsync(session.RollBackAsync("x", 2)));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    public async Task A_version_that_there_never_was_is_not_found(int version)
    {
        var session = server.NewSession();
        await session.RegisterAsync("x", 10);
        await session.SetAsync("x", 11);

        await session.RollBackAsync("x", version).RefusedAsync(RpcCode.NotFound, $"Version not found: {version}");
    }

    [Fact]
    public async Task An_old_value_that_breaks_the_present_constraints_is_refused()
    {
        var session = server.NewSession();
        await session.RegisterAsync("x", 10);
        await session.SetAsync("x", 1);
        await session.UpdateAsync(new() { VariableIdentifier = "x", ConstraintsJson = """{"max": 5}""" });

        await session.RollBackAsync("x", 0).RefusedAsync(RpcCode.InvalidArgument, "value 10 is above maximum 5");

        Assert.Equal("1", (await session.GetAsync("x")).Text());
    }

    [Fact]
    public async Task Rollbacks_and_sets_at_once_make_dense_versions()
    {
        var session = server.NewSession();
        await session.RegisterAsync("x", 0);

        await Task.WhenAll(Enumerable.Range(1, 50).Select<int, Task>(n =>
            n % 2 == 0 ? session.SetAsync("x", n) : session.RollBackAsync("x", 0)));

        var history = await session.HistoryAsync("x");
        Assert.Equal(Enumerable.Range(0, 51).Select(n => 50 - n), history.Select(entry => entry.Version));
        Assert.Equal(26, history.Count(entry => entry.Value.Text() == "0"));
    }

    [Fact]
    public async Task A_version_of_the_variable_that_had_the_name_before_is_not_found()
    {
        var session = server.NewSession();
        await session.RegisterAsync("x", 10);
        await session.SetAsync("x", 11);
        await session.DeleteAsync("x");
        await session.RegisterAsync("x", 20);

        await session.RollBackAsync("x", 1).RefusedAsync(RpcCode.NotFound, "not found");
        Assert.Equal("20", (await session.RollBackAsync("x", 0)).Variable.Text());
    }

    private static async Task<(string Text, int Version)> TextAndVersionAsync(Task<RollbackVariableResponse> rollback)
    {
        var variable = (await rollback).Variable;
        return (variable.Text(), variable.Version);
    }
}
