using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Snakepit.Bench;

/// <summary>One process of a server.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private const string ReadyMark = "_READY:";
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private ServerProcess(Process process) => _process = process;

    public int Port { get; private set; }

    /// <summary>From the start of the process until it serves.</summary>
    public TimeSpan StartTime { get; private set; }

    /// <summary>Processor time it has used, all threads, user and system.</summary>
    public TimeSpan ProcessorTime => ProcessClock.TimeOf(_process.Id);

    /// <summary>Bytes of its memory that are resident and its own.</summary>
    public long PrivateBytes
    {
        get
        {
            var line = File.ReadLines($"/proc/{_process.Id}/smaps_rollup").First(line => line.StartsWith("Private_Dirty:", StringComparison.Ordinal));
            return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
        }
    }

    /// <summary>A program that says on its first line of stdout on which port it serves.</summary>
    /// <param name="program">An executable, or a .dll.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Variables that it has beside this process's own.</param>
    public static async Task<ServerProcess> StartAsync(
        string program, IReadOnlyList<string> arguments, params (string Name, string Value)[] environment)
    {
        var watch = Stopwatch.StartNew();
        var started = Launch(program, arguments, environment);
        var ready = await started._process.StandardOutput.ReadLineAsync();
        started.StartTime = watch.Elapsed;
        var mark = ready?.IndexOf(ReadyMark, StringComparison.Ordinal) ?? -1;
        if (mark < 0)
        {
            await started.DisposeAsync();
            throw new InvalidOperationException($"{program} did not start: '{ready}'");
        }

        started.Port = int.Parse(ready.AsSpan(mark + ReadyMark.Length), CultureInfo.InvariantCulture);
        return started;
    }

    /// <summary>A program that is told where to listen, and serves once it can be connected to.</summary>
    public static async Task<ServerProcess> StartListeningAsync(int port, string program, params string[] arguments)
    {
        var watch = Stopwatch.StartNew();
        var started = Launch(program, arguments, []);
        started._process.BeginOutputReadLine();
        started.Port = port;
        while (!await AnswersAsync(port))
        {
            if (watch.Elapsed > StartDeadline || started._process.HasExited)
            {
                await started.DisposeAsync();
                throw new InvalidOperationException($"{program} did not start");
            }

            await Task.Delay(5);
        }

        started.StartTime = watch.Elapsed;
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
    }

    private static ServerProcess Launch(
        string program, IReadOnlyList<string> arguments, IReadOnlyList<(string Name, string Value)> environment)
    {
        var isAssembly = program.EndsWith(".dll", StringComparison.Ordinal);
        var start = new ProcessStartInfo(isAssembly ? "dotnet" : program, isAssembly ? [program, .. arguments] : arguments)
        {
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new ServerProcess(Process.Start(start)!);
    }

    private static async Task<bool> AnswersAsync(int port)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
