using Snakepit.Tests.Robustness.Load;
using Snakepit.Tests.Robustness.Support;
using Snakepit.Tests.Robustness.Validation;

namespace Snakepit.Tests.Robustness;

/// <summary>A drill: the server is backed up under load, lost with its disk, and restored from the backup, twice.</summary>
public sealed class RestoreTests
{
    [Fact]
    public async Task A_backup_under_load_holds_one_moment_and_no_lost_revision_returns_when_it_is_restored()
    {
        using var folder = new TempFolder();
        History lost;
        long before, after;
        await using (var server = new RestartingServer(folder.At("data"), SessionLoad.ServerOptions))
        {
            await server.StartAsync();
            var load = await SessionLoad.StartAsync(server, "load");
            await load.AcknowledgedAsync(300);
            before = (await server.Process.Client.DescribeAsync("load")).Revision;
            var made = await SnakepitCommand.RunAsync("backup", folder.At("backup"), "--data", folder.At("data"));
            after = (await server.Process.Client.DescribeAsync("load")).Revision;
            Assert.Equal(1, made.GetProperty("sessions").GetInt32());
            Assert.True(after > before, "no one wrote while the backup was made");
            await load.AcknowledgedAsync(300);
            lost = await load.FinishAsync();
            Validators.Check(lost);
            await server.KillAsync();
        }

        var above = lost.End;
        foreach (var data in (string[])[folder.At("first"), folder.At("second")])
        {
            var restored = await SnakepitCommand.RunAsync("restore", folder.At("backup"), "--data", data);
            var raised = restored.GetProperty("revision").GetInt64();
            Assert.True(raised > above, $"a restore leads to {raised}, but {above} was given out before");
            await using var server = await ServerProcess.StartAsync(data, SessionLoad.ServerOptions);
            above = await new RestoredSession("load", lost).CheckAsync(server.Client, before, after, above);

            // A session that the lost server made after the backup: made anew, it begins above what that one gave out.
            Assert.Equal(raised + 1, (await server.Client.RegisterAsync("made after the backup", "x")).Revision);
        }
    }

    [Fact]
    public async Task A_restore_that_is_killed_leaves_a_folder_into_which_the_next_one_restores()
    {
        using var folder = new TempFolder();
        await using (var server = await ServerProcess.StartAsync(folder.At("data")))
        {
            for (var session = 0; session < 200; session++)
            {
                await server.Client.RegisterAsync($"s{session}", "x", new string('x', 10_000));
            }

            await SnakepitCommand.RunAsync("backup", folder.At("backup"), "--data", folder.At("data"));
        }

        for (var kill = 0; kill < 3; kill++)
        {
            await using var doomed = ServerProcess.LaunchCommand("restore", folder.At("backup"), "--data", folder.At("restored"));
            await Task.Delay(TimeSpan.FromMilliseconds(100 + (100 * kill)), TestContext.Current.CancellationToken);
            await doomed.KillIfRunningAsync();
            Assert.False(File.Exists(Path.Combine(folder.At("restored"), "snakepit.db-wal")), "a database was left half made");
            if (File.Exists(Path.Combine(folder.At("restored"), "snakepit.db")))
            {
                Directory.Delete(folder.At("restored"), recursive: true);
            }
        }

        await SnakepitCommand.RunAsync("restore", folder.At("backup"), "--data", folder.At("restored"));
        await using var restored = await ServerProcess.StartAsync(folder.At("restored"));
        Assert.Equal(200, (await restored.Client.SessionsAsync()).Count);
    }
}
