using System.Diagnostics;
using System.Globalization;

namespace Snakepit.Bench;

/// <summary>A server in a process of its own, on a free port of loopback, with a data folder that goes with it.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private const string ReadyMark = "GRPC_READY:";

    private readonly Process _process;
    private readonly string _folder;

    private ServerProcess(Process process, string folder)
    {
        _process = process;
        _folder = folder;
    }

    public int Port { get; private set; }

    /// <summary>From the start of the process to its word that it serves.</summary>
    public TimeSpan StartTime { get; private set; }

    /// <summary>Processor time it has used, all threads, user and system.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Bytes of its memory that are resident and its own.</summary>
    public long PrivateBytes
    {
        get
        {
            var line = File.ReadLines($"/proc/{_process.Id}/smaps_rollup").First(line => line.StartsWith("Private_Dirty:", StringComparison.Ordinal));
            return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
        }
    }

    public static async Task<ServerProcess> StartAsync(string server)
    {
        var folder = Directory.CreateTempSubdirectory("snakepit-bench-").FullName;
        var isAssembly = server.EndsWith(".dll", StringComparison.Ordinal);
        string[] arguments = ["serve", "--port", "0", "--data", folder, "--log-level", "warning"];
        var start = new ProcessStartInfo(isAssembly ? "dotnet" : server, isAssembly ? [server, .. arguments] : arguments)
        {
            RedirectStandardOutput = true,
        };
        var watch = Stopwatch.StartNew();
        var process = Process.Start(start)!;
        var started = new ServerProcess(process, folder);
        var ready = await process.StandardOutput.ReadLineAsync();
        started.StartTime = watch.Elapsed;
        if (ready?.StartsWith(ReadyMark, StringComparison.Ordinal) != true)
        {
            await started.DisposeAsync();
            throw new InvalidOperationException($"the server did not start: '{ready}'");
        }

        started.Port = int.Parse(ready.AsSpan(ReadyMark.Length), CultureInfo.InvariantCulture);
        return started;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
