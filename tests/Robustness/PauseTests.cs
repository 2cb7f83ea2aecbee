using Snakepit.Tests.Robustness.Load;
using Snakepit.Tests.Robustness.Support;
using Snakepit.Tests.Robustness.Validation;

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
}
