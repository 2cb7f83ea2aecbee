using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Bridge;
using Snakepit.Tests.Contract.Support;

namespace Snakepit.Tests.Contract.Watching;

/// <summary>Values above 64 KiB: whole as new values, left out as old ones.</summary>
public sealed class LargeUpdateTests(SharedServer server)
{
    private const int Limit = 64 * 1024;

    [Fact]
    public async Task A_large_value_is_told_whole_live_and_from_the_log()
    {
        var session = server.NewSession();
        var registered = await session.RegisterAsync("x", Json.LargeString(10));
        using var live = await session.WatchAsync();
        Any[] values = [Json.LargeString(100_000, 'a'), Json.LargeString(4_000_000, 'b'), Json.LargeString(20, 'c'), Json.LargeString(200_000, 'd')];
        foreach (var value in values)
        {
            await session.SetAsync("x", value);
        }

        using var resumed = await session.ResumeAsync(registered.Revision);
        using var snapshot = session.Watch(new WatchVariablesRequest { IncludeInitialValues = true });

        var told = await live.TakeAsync(values.Length);
        Assert.Equal(values, told.Select(update => update.Variable.Value));
        Assert.Equal(told, await resumed.TakeAsync(values.Length));
        Assert.Equal(values[^1], Assert.Single((await snapshot.SnapshotAsync()).Initial).Variable.Value);
        Assert.Equal([true, false, false, true], told.Select(update => update.OldValue is not null));
        Assert.Equal([null, "omitted", "omitted", null], told.Select(update => update.UpdateMetadata.GetValueOrDefault("old_value")));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public async Task An_old_value_of_64_KiB_is_the_largest_that_is_told(int above, bool isTold)
    {
        var session = server.NewSession();
        await session.RegisterAsync("x", Json.LargeString(Limit - 2 + above));
        using var watch = await session.WatchAsync();

        await session.SetAsync("x", Json.LargeString(1));

        var update = await watch.NextAsync("value_change");
        Assert.Equal(isTold, update.OldValue is not null);
        Assert.Equal(!isTold, update.UpdateMetadata.ContainsKey("old_value"));
        Assert.Equal(Limit + above, (await session.HistoryAsync("x"))[1].Value.Value.Length);
    }

    [Fact]
    public async Task The_deletion_of_a_large_value_is_told_without_an_old_value()
    {
        var session = server.NewSession();
        var registered = await session.RegisterAsync("x", Json.LargeString(100_000));
        using var live = await session.WatchAsync();
        await session.DeleteAsync("x");
        using var resumed = await session.ResumeAsync(registered.Revision);

        var update = await live.NextAsync("deleted");

        Assert.Null(update.OldValue);
        Assert.Equal("omitted", update.UpdateMetadata["old_value"]);
        Assert.Equal(update, await resumed.NextAsync("deleted"));
    }

    [Fact]
    public async Task Large_binary_values_are_told_whole()
    {
        var session = server.NewSession();
        var request = session.Registering("x", Json.Of("tensor.binary", """{"shape": [1], "dtype": "float32"}"""));
        request.Type = "tensor";
        request.InitialBinaryValue = ByteString.CopyFrom(new byte[1_000_000]);
        await session.InitializeAsync();
        var start = (await session.DescribeAsync()).Revision;
        using var live = await session.WatchAsync();
        await session.RegisterAsync(request);
        using var resumed = await session.ResumeAsync(start);

        foreach (var watch in new[] { live, resumed })
        {
            Assert.Equal(request.InitialBinaryValue, (await watch.NextAsync("registered")).Variable.BinaryValue);
        }
    }

    [Fact]
    public async Task Other_changes_of_a_variable_with_a_large_value_tell_the_value_too()
    {
        var session = server.NewSession();
        var registered = await session.RegisterAsync("x", Json.LargeString(100_000));
        using var live = await session.WatchAsync();
        await session.UpdateAsync(new() { VariableIdentifier = "x", Metadata = { ["k"] = "v" } });
        using var resumed = await session.ResumeAsync(registered.Revision);

        VariableUpdate update = await live.NextAsync("constraint_change");

        Assert.Equal(Json.LargeString(100_000), update.Variable.Value);
        Assert.Equal(update, await resumed.NextAsync("constraint_change"));
    }
}
