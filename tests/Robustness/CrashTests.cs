using Snakepit.Tests.Robustness.Load;
using Snakepit.Tests.Robustness.Support;
using Snakepit.Tests.Robustness.Validation;

namespace Snakepit.Tests.Robustness;

/// <summary>The server is killed under load, again and again, and comes back on the same data folder.</summary>
public sealed class CrashTests
{
    [Fact]
    public Task No_kill_loses_an_acknowledged_change_or_leaves_a_gap_in_a_watch() => KillUnderLoadAsync(kills: 20);

    /// <summary>The same for longer; run by hand, see README.md.</summary>
    [Fact(Explicit = true)]
    public Task Not_one_of_200_kills_loses_an_acknowledged_change_or_leaves_a_gap_in_a_watch() => KillUnderLoadAsync(kills: 200);

    [Fact]
    public Task Kills_amid_trims_checkpoints_and_ends_of_sessions_leave_everything_consistent() => KillAmidChurnAsync(kills: 10);

    [Fact(Explicit = true)]
    public Task Not_one_of_100_kills_amid_trims_checkpoints_and_ends_of_sessions_leaves_anything_inconsistent() =>
        KillAmidChurnAsync(kills: 100);

    [Fact]
    public async Task A_first_start_that_is_killed_leaves_a_folder_that_the_next_one_can_use()
    {
        using var folder = new TempFolder();
        for (var i = 0; i < 5; i++)
        {
            await using var server = new RestartingServer(folder.At($"data{i}"));
            await server.StartInVainAsync(TimeSpan.FromMilliseconds(Random.Shared.Next(100, 500)));
            await server.StartAsync();
            await server.Process.Client.RegisterAsync("s", "x");
        }
    }

    private static async Task KillUnderLoadAsync(int kills)
    {
        using var folder = new TempFolder();
        await using var server = new RestartingServer(folder.At("data"), SessionLoad.ServerOptions);
        await server.StartAsync();
        var load = await SessionLoad.StartAsync(server, "load");
        for (var kill = 0; kill < kills; kill++)
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
        Assert.All(load.Watchers, watcher => Assert.True(watcher.Ends.Count >= kills, "a watcher outlived a kill"));
    }

    private static async Task KillAmidChurnAsync(int kills)
    {
        using var folder = new TempFolder();
        await using var server = new RestartingServer(folder.At("data"), Churn.ServerOptions);
        await server.StartAsync();
        var churn = new Churn(server);
        for (var kill = 0; kill < kills; kill++)
        {
            await churn.AcknowledgedAsync(Random.Shared.Next(1, 400));
            await server.KillAsync();
            await server.StartAsync();
        }

        await churn.FinishAsync();
    }
}
