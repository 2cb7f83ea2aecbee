using System.Diagnostics;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Robustness.Load;
using Snakepit.Tests.Robustness.Support;
using Snakepit.Tests.Robustness.Validation;

namespace Snakepit.Tests.Robustness;

/// <summary>The server is told to end while it is busy.</summary>
public sealed class ShutdownTests
{
    private const int Rounds = 3;

    /// <summary>Calls in flight get 5 s; what is left is for the process itself, on a busy machine.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task SIGTERM_under_load_ends_the_server_in_time_and_loses_nothing()
    {
        using var folder = new TempFolder();
        await using var server = new RestartingServer(folder.At("data"), SessionLoad.ServerOptions);
        await server.StartAsync();
        var load = await SessionLoad.StartAsync(server, "load");
        for (var round = 0; round < Rounds; round++)
        {
            await load.AcknowledgedAsync(200);
            server.Leave();
            var since = Stopwatch.GetTimestamp();
            server.Process.Send(Signal.Terminate);
            Assert.Equal(0, await server.Process.ExitAsync());
            Assert.InRange(Stopwatch.GetElapsedTime(since), TimeSpan.Zero, Longest);
            Assert.DoesNotContain("rror", await server.Process.Errors, StringComparison.Ordinal);
            await server.StartAsync();
        }

        await load.AcknowledgedAsync(100);
        Validators.Check(await load.FinishAsync());
        Assert.All(load.Watchers, watcher =>
        {
            Assert.Equal(Rounds, watcher.Ends.Count);
            Assert.All(watcher.Ends, AssertTellsWhereToResume);
        });
    }

    [Fact]
    public async Task A_client_that_is_killed_leaves_no_watcher_behind_and_disturbs_nobody()
    {
        using var folder = new TempFolder();
        await using var server = new RestartingServer(folder.At("data"), SessionLoad.ServerOptions);
        await server.StartAsync();
        var load = await SessionLoad.StartAsync(server, "load");
        var client = await server.ClientAsync();
        await client.RegisterAsync("other", "doomed");
        await using var doomed = await DoomedClient.StartAsync(server.Process.Port, "other");
        Assert.Equal(DoomedClient.Watches, (await client.DescribeAsync("other")).WatcherCount);

        await load.AcknowledgedAsync(100);
        await doomed.KillAsync();
        await Deadlines.UntilAsync(
            "the end of the killed client's watches", () => client.DescribeAsync("other"), session => session.WatcherCount == 0);

        await load.AcknowledgedAsync(100);
        Validators.Check(await load.FinishAsync());
        await Deadlines.UntilAsync(
            "the end of the load's watches", () => client.DescribeAsync("load"), session => session.WatcherCount == 0);
    }

    [Fact]
    public async Task SIGTERM_waits_no_longer_than_the_grace_for_watchers_that_do_not_read()
    {
        using var folder = new TempFolder();
        await using var server = await ServerProcess.StartAsync(folder.At("data"));
        await server.Client.RegisterAsync("s", "x");
        using var silent = new BridgeClient(server.Port);
        using var watch = silent.Watch(new WatchVariablesRequest { SessionId = "s" });
        await watch.ResponseHeaders.Within("the watch's headers");
        for (var i = 0; i < 50; i++)
        {
            await server.Client.SetAsync("s", "x", $"{i}{new string('x', 60_000)}");
        }

        var since = Stopwatch.GetTimestamp();
        await server.StopAsync();
        Assert.InRange(Stopwatch.GetElapsedTime(since), TimeSpan.Zero, Longest);
    }

    private static void AssertTellsWhereToResume(RpcException end)
    {
        Assert.Equal(RpcCode.Unavailable, end.Status.Code);
        Assert.Contains("snakepit-revision", end.Trailers.Keys);
    }
}
