using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Robustness.Load;
using Snakepit.Tests.Robustness.Support;
using Snakepit.Tests.Robustness.Validation;

namespace Snakepit.Tests.Robustness;

/// <summary>The disk refuses to write, as it is full or fails, and later it writes again.</summary>
public sealed class DiskTests
{
    // Of a value that is in the database, and of one that is in a file of its own.
    private const int InRow = 100_000;
    private const int InFile = 1_000_000;

    [Theory]
    [InlineData(InRow)]
    [InlineData(InFile)]
    public async Task A_full_disk_refuses_sets_clearly_loses_nothing_and_needs_no_restart(int length)
    {
        using var folder = new TempFolder();
        using var disk = SmallDisk.MountOrSkip(folder.At("disk"));
        await using var server = new RestartingServer(Path.Combine(disk.Path, "data"), SessionLoad.ServerOptions);
        await server.StartAsync();
        var client = server.Process.Client;
        await client.RegisterAsync("probe", "x");
        var load = await SessionLoad.StartAsync(server, "load");
        await load.AcknowledgedAsync(100);

        disk.Fill();
        var (last, refusal) = await SetUntilRefusedAsync(client, length);
        Assert.Equal(RpcCode.Unavailable, refusal.Status.Code);
        Assert.Equal("nothing was changed: the store failed", refusal.Status.Message);
        Assert.Equal(last, await client.GetAsync("probe", "x"));
        disk.Fill();
        await client.UntilServingAsync(false);

        disk.Free();
        await client.UntilServingAsync(true);
        await load.AcknowledgedAsync(200);
        await client.SetAsync("probe", "x", "after");
        await server.KillAsync();
        await server.StartAsync();
        Assert.Equal("after", await server.Process.Client.GetAsync("probe", "x"));
        Validators.Check(await load.FinishAsync());
        Assert.All(load.Watchers, watcher => Assert.Single(watcher.Ends));
    }

    [Theory]
    [InlineData(false, InRow)]
    [InlineData(true, InRow)]
    [InlineData(false, InFile)]
    public async Task A_server_that_ends_while_the_disk_is_full_comes_back_with_everything(bool inOrder, int length)
    {
        using var folder = new TempFolder();
        using var disk = SmallDisk.MountOrSkip(folder.At("disk"));
        await using var server = new RestartingServer(Path.Combine(disk.Path, "data"));
        await server.StartAsync();
        await server.Process.Client.RegisterAsync("probe", "x");
        disk.Fill();
        var (last, _) = await SetUntilRefusedAsync(server.Process.Client, length);
        server.Leave();
        await (inOrder ? server.Process.StopAsync() : server.Process.KillAsync());

        disk.Free();
        await server.StartAsync();
        Assert.Equal(last, await server.Process.Client.GetAsync("probe", "x"));
    }

    [Theory]
    [InlineData(InRow)]
    [InlineData(InFile)]
    public async Task A_disk_that_fails_refuses_sets_clearly_and_once_it_works_again_nothing_is_lost_or_doubled(int length)
    {
        using var folder = new TempFolder();
        await using var server = new RestartingServer(folder.At("data"), SessionLoad.ServerOptions);
        await server.StartAsync();
        var client = server.Process.Client;
        await client.RegisterAsync("probe", "x");
        var load = await SessionLoad.StartAsync(server, "load");
        await load.AcknowledgedAsync(100);

        server.Process.LimitFiles(4_096);
        var (_, refusal) = await SetUntilRefusedAsync(client, length);
        Assert.Equal(RpcCode.Unavailable, refusal.Status.Code);
        refusal = await Assert.ThrowsAsync<RpcException>(() => client.SetAsync("probe", "x", Of(length), requestId: "r"));
        Assert.Equal(RpcCode.Unavailable, refusal.Status.Code);

        server.Process.LimitFiles(null);
        await load.AcknowledgedAsync(200);
        await client.SetAsync("probe", "x", "after");
        await server.KillAsync();
        await server.StartAsync();
        Assert.Equal("after", await server.Process.Client.GetAsync("probe", "x"));
        Validators.Check(await load.FinishAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_server_that_finds_no_room_to_start_says_so(bool isFirstStart)
    {
        using var folder = new TempFolder();
        using var disk = SmallDisk.MountOrSkip(folder.At("disk"));
        await using var server = new RestartingServer(Path.Combine(disk.Path, "data"));
        if (!isFirstStart)
        {
            await server.StartAsync();
            await server.Process.Client.RegisterAsync("s", "x", "kept");
            await server.Process.StopAsync();
        }

        disk.Fill();
        Assert.Contains(
            "the disk is full", await ServerProcess.RefuseStartAsync(Path.Combine(disk.Path, "data")), StringComparison.Ordinal);
        disk.Free();
        server.Leave();
        await server.StartAsync();
        Assert.Equal(isFirstStart ? 0 : 1, (await server.Process.Client.SessionsAsync()).Count);
    }

    [Fact]
    public async Task A_value_for_which_there_is_no_room_leaves_what_there_is_to_others()
    {
        using var folder = new TempFolder();
        using var disk = SmallDisk.MountOrSkip(folder.At("disk"));
        await using var server = new RestartingServer(Path.Combine(disk.Path, "data"));
        await server.StartAsync();
        var client = server.Process.Client;
        await client.RegisterAsync("probe", "x");
        await client.RegisterAsync("probe", "y");
        var (last, _) = await SetUntilRefusedAsync(client, length: 7_000_000);
        for (var i = 0; i < 100; i++)
        {
            await client.SetAsync("probe", "y", $"{i}");
        }

        await server.KillAsync();
        await server.StartAsync();
        Assert.Equal("99", await server.Process.Client.GetAsync("probe", "y"));
        Assert.Equal(last, await server.Process.Client.GetAsync("probe", "x"));
    }

    private static string Of(int length) => new('x', length);

    /// <summary>Sets until there is no room; a log that has room of its own left takes some more. Answers with what was set last.</summary>
    private static async Task<(string Last, RpcException Refusal)> SetUntilRefusedAsync(BridgeClient client, int length)
    {
        var last = "";
        for (var i = 0; i < 1_000; i++)
        {
            var next = $"{i}{Of(length)}";
            try
            {
                await client.SetAsync("probe", "x", next);
                last = next;
            }
            catch (RpcException refusal)
            {
                return (last, refusal);
            }
        }

        throw new InvalidOperationException("the disk does not run full");
    }
}
