using System.Globalization;
using Snakepit.Tests.Robustness.Load;
using Snakepit.Tests.Robustness.Support;
using Snakepit.Tests.Robustness.Validation;

namespace Snakepit.Tests.Robustness;

/// <summary>The server is killed under load, again and again, and comes back on the same data folder.</summary>
public sealed class CrashTests
{
    private const int UsualKills = 20;

    /// <summary>For a longer run than the usual one; see README.md.</summary>
    private static int Kills =>
        int.TryParse(Environment.GetEnvironmentVariable("SNAKEPIT_TEST_KILLS"), CultureInfo.InvariantCulture, out var kills) ? kills : UsualKills;

    [Fact]
    public async Task No_kill_loses_an_acknowledged_change_or_leaves_a_gap_in_a_watch()
    {
        using var folder = new TempFolder();
        await using var server = new RestartingServer(folder.At("data"), SessionLoad.ServerOptions);
        await server.StartAsync();
        var load = await SessionLoad.StartAsync(server, "load");
        for (var kill = 0; kill < Kills; kill++)
        {
            await load.AcknowledgedAsync(Random.Shared.Next(1, 400));
            await server.KillAsync();
            if (kill % 5 == 4)
            {
                // At whatever stage of its start a kill finds the server.
                await server.StartInVainAsync(TimeSpan.FromMilliseconds(Random.Shared.Next(50, 800)));
            }

            await server.StartAsync();
        }

        await load.AcknowledgedAsync(100);
        Validators.Check(await load.FinishAsync());
        Assert.All(load.Watchers, watcher => Assert.True(watcher.Ends.Count >= Kills, "a watcher outlived a kill"));
    }
}
