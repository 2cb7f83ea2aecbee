using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Contract.Support;

namespace Snakepit.Tests.Contract.Graph;

public sealed class HistoryTests(SharedServer server)
{
    [Fact]
    public async Task History_is_newest_first_with_each_versions_value_and_metadata()
    {
        var session = server.NewSession();
        await session.RegisterAsync("x", 0);
        for (var n = 1; n <= 3; n++)
        {
            var setting = session.Setting("x", Json.Integer(n * 10));
            setting.Metadata.Add("step", $"{n}");
            await session.SetAsync(setting);
        }

        var history = await session.HistoryAsync("x");

        Assert.Equal([3, 2, 1, 0], history.Select(entry => entry.Version));
        Assert.Equal(["30", "20", "10", "0"], history.Select(entry => entry.Value.Text()));
        Assert.Equal(["3", "2", "1"], history.Take(3).Select(entry => entry.Metadata["step"]));
        Assert.Empty(history[3].Metadata);
        Assert.Equal(history.OrderByDescending(entry => entry.Timestamp.ToDateTimeOffset()), history);
    }

    [Theory]
    [InlineData(0, 4)]
    [InlineData(2, 2)]
    [InlineData(4, 4)]
    [InlineData(1_000, 4)]
    public async Task A_limit_takes_the_newest_and_0_takes_all(int limit, int expected)
    {
        var session = server.NewSession();
        await session.RegisterAsync("x", 0);
        for (var n = 1; n <= 3; n++)
        {
            await session.SetAsync("x", n);
        }

        var history = await session.HistoryAsync("x", limit);

        Assert.Equal(Enumerable.Range(0, expected).Select(n => 3 - n), history.Select(entry => entry.Version));
    }

    [Fact]
    public async Task A_negative_limit_is_refused()
    {
        var session = server.NewSession();
        await session.RegisterAsync("x");

        await session.HistoryAsync("x", -1).RefusedAsync(RpcCode.InvalidArgument, "limit must not be negative");
        await session.HistoryAsync("y").RefusedExactlyAsync(RpcCode.NotFound, "Variable not found: y");
    }

    [Fact]
    public async Task Who_changed_it_is_changed_by_or_else_the_source()
    {
        var session = server.NewSession();
        await session.RegisterAsync("x");
        foreach (var metadata in new Dictionary<string, string>[]
                 {
                     new() { ["source"] = "python" },
                     new() { ["source"] = "python", ["changed_by"] = "someone" },
                     new(),
                 })
        {
            var setting = session.Setting("x", Json.Integer(1));
            setting.Metadata.Add(metadata);
            await session.SetAsync(setting);
        }

        var changedBy = (await session.HistoryAsync("x")).Select(entry => entry.ChangedBy).Reverse();

        // The last one said nothing: the variable's source is still the one before.
        Assert.Equal(["elixir", "python", "someone", "python"], changedBy);
    }

    [Fact]
    public async Task A_session_keeps_as_many_versions_as_it_was_configured_to()
    {
        var session = server.NewSession();
        await session.InitializeAsync(historyLimit: 3);
        await session.RegisterAsync("x", 0);
        for (var n = 1; n <= 10; n++)
        {
            await session.SetAsync("x", n);
        }

        Assert.Equal([10, 9, 8], (await session.HistoryAsync("x")).Select(entry => entry.Version));
        Assert.Equal([10, 9, 8], (await session.HistoryAsync("x", 50)).Select(entry => entry.Version));
        Assert.Equal("8", (await session.RollBackAsync("x", 8)).Variable.Text());
        await session.RollBackAsync("x", 8).RefusedAsync(RpcCode.NotFound, "not found");
    }

    [Fact]
    public async Task By_default_100_versions_are_kept()
    {
        var session = server.NewSession();
        await session.RegisterAsync("x", 0);
        for (var n = 1; n <= 104; n++)
        {
            await session.SetAsync("x", n);
        }

        var history = await session.HistoryAsync("x");

        Assert.Equal(Enumerable.Range(0, 100).Select(n => 104 - n), history.Select(entry => entry.Version));
        Assert.All(history, entry => Assert.Equal($"{entry.Version}", entry.Value.Text()));
    }

    [Fact]
    public async Task Values_above_64_KiB_are_in_the_history_whole()
    {
        var session = server.NewSession();
        await session.RegisterAsync("x", Json.LargeString(100_000, 'a'));
        await session.SetAsync("x", Json.LargeString(5, 'b'));
        await session.SetAsync("x", Json.LargeString(3_000_000, 'c'));
        await session.UpdateAsync(new() { VariableIdentifier = "x", Metadata = { ["noted"] = "yes" } });

        var history = await session.HistoryAsync("x");
        var back = await session.RollBackAsync("x", 0);

        Assert.Equal(
            [Json.LargeString(3_000_000, 'c'), Json.LargeString(5, 'b'), Json.LargeString(100_000, 'a')],
            history.Select(entry => entry.Value));
        Assert.Equal(Json.LargeString(100_000, 'a'), back.Variable.Value);
        Assert.Equal(Json.LargeString(100_000, 'a'), (await session.GetAsync("x")).Value);
        Assert.Equal("yes", (await session.GetAsync("x")).Metadata["noted"]);
    }
}
