using System.Diagnostics;
using System.Globalization;

namespace Snakepit.Tests.Robustness.Support;

/// <summary>What is the sidecar's own: how it is started, and what is looked at or limited from outside.</summary>
internal sealed partial class ServerProcess
{
    /// <summary>Bytes of its memory that are resident.</summary>
    public long ResidentBytes
    {
        get
        {
            var line = File.ReadLines($"/proc/{Id}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
            return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
        }
    }

    /// <summary>Starts one that may or may not come to serve.</summary>
    public static ServerProcess Launch(string dataFolder, params string[] options) => Serve(["--data", dataFolder, .. options]);

    /// <summary>Starts one that serves, and keeps nothing.</summary>
    public static Task<ServerProcess> StartInMemoryAsync(params string[] options) => Serve(["--memory", .. options]).OnceReadyAsync();

    /// <summary>Starts a command that is no server.</summary>
    public static ServerProcess LaunchCommand(params string[] arguments) =>
        new(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "snakepit.dll"), .. arguments]));

    /// <summary>Starts one that serves.</summary>
    public static Task<ServerProcess> StartAsync(string dataFolder, params string[] options) =>
        Launch(dataFolder, options).OnceReadyAsync();

    /// <summary>Starts one that cannot serve; answers with the one line that it says.</summary>
    public static async Task<string> RefuseStartAsync(string dataFolder)
    {
        await using var server = Launch(dataFolder);
        return await server.RefusalAsync();
    }

    /// <summary>
    /// From now on writing beyond that size of any file fails with EFBIG: an error of the disk that is not
    /// "full". Null = no limit.
    /// </summary>
    public void LimitFiles(long? bytes)
    {
        using var prlimit = Process.Start("prlimit", ["--pid", $"{Id}", $"--fsize={bytes?.ToString(CultureInfo.InvariantCulture) ?? "unlimited"}:"]);
        prlimit.WaitForExit();
        Assert.Equal(0, prlimit.ExitCode);
    }

    private static ServerProcess Serve(string[] options)
    {
        var server = Path.Combine(AppContext.BaseDirectory, "snakepit.dll");
        string[] arguments = [server, "serve", "--port", "0", "--log-level", "warning", .. options];

        // A file that LimitFiles keeps from growing is to be an error of the disk, not the end of the process.
        string[] shell = ["-c", "trap '' XFSZ; exec dotnet \"$@\"", "sh", .. arguments];
        return new ServerProcess(new ProcessStartInfo("sh", shell));
    }
}
