using System.Globalization;

namespace Snakepit.Tests.Contract.Startup;

/// <summary>Sessions are carried from one server to another, all by the executable.</summary>
public sealed class CarryingTests
{
    [Fact]
    public async Task A_watch_resumes_on_the_server_that_the_sessions_were_carried_to()
    {
        var folder = Directory.CreateTempSubdirectory("snakepit-carried-").FullName;
        var (data, other, file) = (Path.Combine(folder, "data"), Path.Combine(folder, "other"), Path.Combine(folder, "file"));
        string history;
        await using (var server = SidecarProgram.Start(null, "serve", "--port", "0", "--data", data))
        {
            var target = $"127.0.0.1:{await server.ReadyAsync()}";
            await SidecarProgram.RunAsync("register", "s", "x", "integer", "0", "--server", target);
            for (var value = 1; value <= 5; value++)
            {
                await SidecarProgram.RunAsync("set", "s", "x", value.ToString(CultureInfo.InvariantCulture), "--server", target);
            }

            history = await SidecarProgram.RunAsync("history", "s", "x", "--json", "--server", target);
            server.Signal("TERM");
            await server.EndAsync();
        }

        Assert.StartsWith("exported 1 session, 6 changes: ", await SidecarProgram.RunAsync("export", file, "--data", data), StringComparison.Ordinal);
        Assert.StartsWith("imported 1 session, 6 changes: ", await SidecarProgram.RunAsync("import", file, "--data", other), StringComparison.Ordinal);
        await using (var server = SidecarProgram.Start(null, "serve", "--port", "0", "--data", other))
        {
            var target = $"127.0.0.1:{await server.ReadyAsync()}";
            Assert.Equal(history, await SidecarProgram.RunAsync("history", "s", "x", "--json", "--server", target));
            await using var watch = SidecarProgram.Start(null, "watch", "s", "--from", "4", "--json", "--server", target);
            Assert.Contains("\"revision\":5", await watch.ReadLineAsync(), StringComparison.Ordinal);
            Assert.Contains("\"revision\":6", await watch.ReadLineAsync(), StringComparison.Ordinal);
            await SidecarProgram.RunAsync("set", "s", "x", "6", "--server", target);
            Assert.Contains("\"revision\":7", await watch.ReadLineAsync(), StringComparison.Ordinal);
        }
    }
}
