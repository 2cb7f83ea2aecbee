using Snakepit.Protocol.Administration;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Contract.Support;

namespace Snakepit.Tests.Contract.Variables;

public sealed class UpdateVariableTests(SharedServer server)
{
    [Fact]
    public async Task New_constraints_rule_from_then_on_and_the_value_stays()
    {
        var session = server.NewSession();
        var registered = await session.RegisterAsync("x", 5);

        var answer = await session.UpdateAsync(new() { VariableIdentifier = "x", ConstraintsJson = """{"max": 5}""" });

        Assert.Equal(registered.Revision + 1, answer.Revision);
        Assert.Equal(("5", 0, answer.Revision), (answer.Variable.Text(), answer.Variable.Version, answer.Variable.Revision));
        Assert.Equal(answer.Variable, await session.GetAsync("x"));
        await session.SetAsync("x", 6).RefusedAsync(RpcCode.InvalidArgument, "value 6 is above maximum 5");

        await session.UpdateAsync(new() { VariableIdentifier = "x", ConstraintsJson = "" });
        Assert.Equal(1, (await session.SetAsync("x", 6)).NewVersion);
    }

    [Fact]
    public async Task Constraints_that_the_current_value_breaks_are_refused()
    {
        var session = server.NewSession();
        var registered = await session.RegisterAsync("x", 5);

        await session.UpdateAsync(new() { VariableIdentifier = "x", ConstraintsJson = """{"max": 4}""" })
            .RefusedAsync(RpcCode.FailedPrecondition, "value 5 is above maximum 4");
        await session.UpdateAsync(new() { VariableIdentifier = "x", ConstraintsJson = """{"max": "4"}""" })
            .RefusedAsync(RpcCode.InvalidArgument, "Invalid constraints: ");

        Assert.Equal(registered.Variable, await session.GetAsync("x"));
    }

    [Fact]
    public async Task Access_control_and_metadata_are_changed_and_what_is_absent_stays()
    {
        var session = server.NewSession();
        await session.RegisterAsync("x", Json.Integer(1), """{"max": 4}""");

        var answer = await session.UpdateAsync(new()
        {
            VariableIdentifier = "x",
            AccessControlJson = """{"write":["a"]}""",
            Metadata = { ["unit"] = "m" },
        });

        Assert.Equal("""{"write":["a"]}""", answer.Variable.AccessControlJson);
        Assert.Equal("m", answer.Variable.Metadata["unit"]);
        Assert.Contains("max", answer.Variable.ConstraintsJson, StringComparison.Ordinal);
        await session.UpdateAsync(new() { VariableIdentifier = "x", AccessControlJson = "[]" })
            .RefusedAsync(RpcCode.InvalidArgument, "access_control_json");
    }

    [Fact]
    public async Task An_expected_version_is_compared()
    {
        var session = server.NewSession();
        await session.RegisterAsync("x", 1);
        await session.SetAsync("x", 2);

        await session.UpdateAsync(new() { VariableIdentifier = "x", ConstraintsJson = """{"max": 4}""", ExpectedVersion = 0 })
            .RefusedAsync(RpcCode.Aborted, "current version is 1");
        await session.UpdateAsync(new() { VariableIdentifier = "x", ConstraintsJson = """{"max": 4}""", ExpectedVersion = 1 });
        await session.UpdateAsync(new() { VariableIdentifier = "y" }).RefusedExactlyAsync(RpcCode.NotFound, "Variable not found: y");
    }

    [Fact]
    public async Task An_update_is_no_version_and_not_in_the_history()
    {
        var session = server.NewSession();
        await session.RegisterAsync("x", 1);

        await session.UpdateAsync(new UpdateVariableRequest { VariableIdentifier = "x", Metadata = { ["a"] = "b" } });

        Assert.Single(await session.HistoryAsync("x"));
        Assert.Equal(1, (await session.SetAsync("x", 2)).NewVersion);
    }
}
