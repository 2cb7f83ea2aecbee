using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Contract.Support;

namespace Snakepit.Tests.Contract.Variables;

public sealed class ListAndDeleteTests(SharedServer server)
{
    [Fact]
    public async Task Variables_are_listed_oldest_first_whatever_was_set_since()
    {
        var session = server.NewSession();
        foreach (var name in new[] { "c", "a", "b" })
        {
            await session.RegisterAsync(name);
        }

        await session.SetAsync("c", 1);
        Assert.Equal(["c", "a", "b"], await session.ListAsync());

        await session.DeleteAsync("c");
        await session.RegisterAsync("c");
        Assert.Equal(["a", "b", "c"], await session.ListAsync());
    }

    [Theory]
    [InlineData("*", "model.lr model.size modelXlr other.lr")]
    [InlineData("model.*", "model.lr model.size")]
    [InlineData("*.lr", "model.lr other.lr")]
    [InlineData("m*l*r", "model.lr modelXlr")]
    [InlineData("model.lr", "model.lr")]
    [InlineData("model", "")]
    [InlineData("odel*", "")]
    [InlineData("model?lr", "")]
    [InlineData("MODEL*", "")]
    public async Task A_pattern_is_anchored_and_only_its_star_is_special(string pattern, string expected)
    {
        var session = server.NewSession();
        foreach (var name in new[] { "model.lr", "model.size", "modelXlr", "other.lr" })
        {
            await session.RegisterAsync(name);
        }

        Assert.Equal(expected, string.Join(' ', await session.ListAsync(pattern)));
    }

    [Fact]
    public async Task A_deleted_variable_is_gone_by_id_and_by_name()
    {
        var session = server.NewSession();
        var registered = await session.RegisterAsync("x");

        var deleted = await session.DeleteAsync("x");

        Assert.True(deleted.Success);
        Assert.Equal(registered.Revision + 1, deleted.Revision);
        Assert.Equal(0, (await session.DescribeAsync()).VariableCount);
        await session.GetAsync("x").RefusedExactlyAsync(RpcCode.NotFound, "Variable not found: x");
        await session.GetAsync(registered.VariableId).RefusedAsync(RpcCode.NotFound, "Variable not found");
        await session.DeleteAsync("x").RefusedExactlyAsync(RpcCode.NotFound, "Variable not found: x");
        await session.HistoryAsync("x").RefusedExactlyAsync(RpcCode.NotFound, "Variable not found: x");
    }

    [Fact]
    public async Task A_name_registered_again_is_another_variable()
    {
        var session = server.NewSession();
        var first = await session.RegisterAsync("x", 1);
        await session.SetAsync("x", 2);
        await session.DeleteAsync(first.VariableId);

        var second = await session.RegisterAsync("x", Json.Of("string", "\"new\""));

        Assert.False(second.AlreadyRegistered);
        Assert.NotEqual(first.VariableId, second.VariableId);
        Assert.Equal(0, second.Variable.Version);
        Assert.Equal("\"new\"", Assert.Single(await session.HistoryAsync("x")).Value.Text());
        await session.GetAsync(first.VariableId).RefusedAsync(RpcCode.NotFound, first.VariableId);
    }
}
