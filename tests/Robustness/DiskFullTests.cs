using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Robustness.Load;
using Snakepit.Tests.Robustness.Support;
using Snakepit.Tests.Robustness.Validation;

namespace Snakepit.Tests.Robustness;

/// <summary>The disk runs full under load, and later there is room again.</summary>
public sealed class DiskFullTests
{
    [Fact]
    public async Task A_full_disk_refuses_sets_clearly_loses_nothing_and_needs_no_restart()
    {
        using var folder = new TempFolder();
        using var disk = SmallDisk.MountOrSkip(folder.At("disk"));
        await using var server = new RestartingServer(Path.Combine(disk.Path, "data"), SessionLoad.ServerOptions);
        await server.StartAsync();
        var client = server.Process.Client;
        await client.RegisterAsync("probe", "x", "before");
        var load = await SessionLoad.StartAsync(server, "load");
        await load.AcknowledgedAsync(100);

        disk.Fill();
        var refusal = await RefusalAsync(client);
        Assert.Equal(RpcCode.Unavailable, refusal.Status.Code);
        Assert.Contains("disk is full", refusal.Status.Message, StringComparison.Ordinal);
        Assert.NotEqual("refused", await client.GetAsync("probe", "x"));

        disk.Free();
        await load.AcknowledgedAsync(200);
        await client.SetAsync("probe", "x", "after");
        await server.KillAsync();
        await server.StartAsync();
        Assert.Equal("after", await server.Process.Client.GetAsync("probe", "x"));
        Validators.Check(await load.FinishAsync());
    }

    /// <summary>Sets until there is no room; a log that has room of its own left takes some more.</summary>
    private static async Task<RpcException> RefusalAsync(BridgeClient client)
    {
        var large = new string('x', 100_000);
        for (var i = 0; i < 1_000; i++)
        {
            try
            {
                await client.SetAsync("probe", "x", large);
            }
            catch (RpcException refusal)
            {
                return await Assert.ThrowsAsync<RpcException>(() => client.SetAsync("probe", "x", "refused" + large)) ?? refusal;
            }
        }

        throw new InvalidOperationException("the disk does not run full");
    }
}
