using System.Diagnostics;
using Snakepit.Bridge.Watching;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Robustness.Load;
using Snakepit.Tests.Robustness.Support;
using Snakepit.Tests.Robustness.Validation;
using Snakepit.Transport;

namespace Snakepit.Tests.Robustness;

/// <summary>The server stands still for a while, as on a suspended laptop or a machine that swaps.</summary>
public sealed class PauseTests
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task A_server_that_stood_still_goes_on_without_loss()
    {
        using var folder = new TempFolder();
        await using var server = new RestartingServer(folder.At("data"), SessionLoad.ServerOptions);
        await server.StartAsync();
        var load = await SessionLoad.StartAsync(server, "load");
        await load.AcknowledgedAsync(200);
        server.Process.Send(Signal.Stop);
        await Task.Delay(Pause, TestContext.Current.CancellationToken);
        server.Process.Send(Signal.Continue);
        await load.AcknowledgedAsync(200);
        Validators.Check(await load.FinishAsync());
        Assert.All(load.Watchers, watcher => Assert.Empty(watcher.Ends));
    }

    /// <summary>
    /// Longer than every timeout there is: calls (60 s), heartbeats of watches, pings of either side (50 s), and the ten
    /// minutes after which a watch whose client takes nothing is given up. Run by hand, see README.md.
    /// </summary>
    [Fact(Explicit = true)]
    public async Task A_server_that_stood_still_for_longer_than_every_timeout_goes_on_without_loss()
    {
        var pause = WatchSettings.Default.StallLimit + TimeSpan.FromSeconds(15);
        using var folder = new TempFolder();
        await using var server = new RestartingServer(folder.At("data"), SessionLoad.ServerOptions) { MayStandStill = true };
        await server.StartAsync();
        var load = await SessionLoad.StartAsync(server, "load");
        await load.AcknowledgedAsync(200);

        // One that never asks whether the server lives: its stream is there still when it wakes.
        using var channel = new RpcChannel(
            $"127.0.0.1:{server.Process.Port}", new RpcChannelOptions { KeepAlivePingDelay = Timeout.InfiniteTimeSpan });
        using var patient = channel.Stream(
            "/snakepit.bridge.BridgeService/WatchVariables", new WatchVariablesRequest { SessionId = "load" }, VariableUpdate.Parser);
        await patient.ResponseHeaders.Within("the start of a watch");

        server.Process.Send(Signal.Stop);
        await Task.Delay(pause, TestContext.Current.CancellationToken);
        server.Process.Send(Signal.Continue);
        var woken = Stopwatch.StartNew();
        await load.AnsweredAgainAsync();
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"stood still for {pause.TotalMinutes:0.0} minutes; every writer was answered again {woken.Elapsed.TotalSeconds:0.0} s after it woke");
        await load.AcknowledgedAsync(200);
        var history = await load.FinishAsync();
        Validators.Check(history);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{history.Writes.Count} writes, {history.Log.Count} changes; streams of watchers that ended: {load.Watchers.Sum(watcher => watcher.Ends.Count)}; "
            + $"the patient one {await FollowedAsync(patient, history.End)}");
    }

    /// <summary>Reads a watch to a revision; tells how it came there. A gap or a repeat fails.</summary>
    private static async Task<string> FollowedAsync(RpcServerStream<VariableUpdate> watch, long end)
    {
        try
        {
            for (long last = 0; last < end;)
            {
                var update = await watch.ReadAsync().AsTask().Within("the next update");
                if (update!.UpdateType != Changes.Heartbeat)
                {
                    Assert.True(last == 0 || update.Revision == last + 1, $"revision {update.Revision} after {last}");
                    last = update.Revision;
                }
            }

            return "went on to the end";
        }
        catch (RpcException failure)
        {
            Assert.Equal(RpcCode.Unavailable, failure.Status.Code);
            return $"was told: {failure.Status}";
        }
    }
}
