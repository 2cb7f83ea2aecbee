using System.Diagnostics;
using System.Globalization;

namespace Snakepit.Tests.Robustness.Support;

/// <summary>The sidecar's executable in a process of its own, on a free port of loopback. Ended by its id, at the latest when disposed of.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private const string ReadyMark = "GRPC_READY:";

    private readonly Process _process;
    private readonly Task<string?> _firstLine;
    private readonly Task<string> _errors;
    private BridgeClient? _client;

    private ServerProcess(Process process)
    {
        _process = process;
        _firstLine = process.StandardOutput.ReadLineAsync();
        _errors = process.StandardError.ReadToEndAsync();
    }

    public int Id => _process.Id;

    public int Port { get; private set; }

    /// <summary>A client of it, once it is ready.</summary>
    public BridgeClient Client => _client ??= new BridgeClient(Port);

    /// <summary>What it wrote to stderr, once it has ended.</summary>
    public Task<string> Errors => _errors.Within("the end of stderr");

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
    public static ServerProcess Launch(string dataFolder, params string[] options)
    {
        var server = Path.Combine(AppContext.BaseDirectory, "snakepit.dll");
        string[] arguments = [server, "serve", "--port", "0", "--data", dataFolder, "--log-level", "warning", .. options];

        // A file that LimitFiles keeps from growing is to be an error of the disk, not the end of the process.
        string[] shell = ["-c", "trap '' XFSZ; exec dotnet \"$@\"", "sh", .. arguments];
        return new ServerProcess(Process.Start(new ProcessStartInfo("sh", shell)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!);
    }

    /// <summary>Starts one that serves.</summary>
    public static async Task<ServerProcess> StartAsync(string dataFolder, params string[] options)
    {
        var server = Launch(dataFolder, options);
        try
        {
            await server.ReadyAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts one that cannot serve; answers with the one line that it says.</summary>
    public static async Task<string> RefuseStartAsync(string dataFolder)
    {
        await using var server = Launch(dataFolder);
        Assert.Equal(1, await server.ExitAsync());
        return Assert.Single((await server.Errors).Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private async Task ReadyAsync()
    {
        var line = await _firstLine.Within("the server's word that it serves");
        if (line?.StartsWith(ReadyMark, StringComparison.Ordinal) != true)
        {
            Assert.Fail($"the server did not start: '{line}' {await Errors}");
        }

        Port = int.Parse(line.AsSpan(ReadyMark.Length), CultureInfo.InvariantCulture);
    }

    public void Send(Signal signal) => Signals.Send(Id, signal);

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

    /// <summary>Waits for its end; answers with its exit status.</summary>
    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync(CancellationToken.None).Within("the end of the server");
        return _process.ExitCode;
    }

    /// <summary>kill -9, and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        Send(Signal.Kill);
        await ExitAsync();
    }

    /// <summary>Ends it in order.</summary>
    public async Task StopAsync()
    {
        Send(Signal.Terminate);
        Assert.Equal(0, await ExitAsync());
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }
}
