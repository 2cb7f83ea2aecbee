using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Snakepit.Tests.Interop;

/// <summary>The real executable with a data folder of its own, from its GRPC_READY line until disposed.</summary>
internal sealed class SidecarProcess : IAsyncDisposable
{
    private const string Ready = "GRPC_READY:";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("snakepit-interop-");
    private readonly StringBuilder _log = new();
    private readonly Process _process;
    private bool _ended;

    private SidecarProcess(int port, IReadOnlyList<string> options)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "snakepit.dll");
        var start = new ProcessStartInfo(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
            [program, "serve", "--port", port.ToString(CultureInfo.InvariantCulture), "--data", _data.FullName, .. options])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // Settings of whoever runs the tests are not this server's.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("SNAKEPIT_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginErrorReadLine();
    }

    public int Port { get; private set; }

    public string Target => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    /// <summary>What it has logged so far.</summary>
    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    /// <param name="port">0 = any free one.</param>
    /// <param name="options">More of its command line.</param>
    public static async Task<SidecarProcess> StartAsync(int port = 0, params IReadOnlyList<string> options)
    {
        var sidecar = new SidecarProcess(port, options);
        try
        {
            await sidecar.BecomeReadyAsync();
            return sidecar;
        }
        catch
        {
            await sidecar.DisposeAsync();
            throw;
        }
    }

    /// <summary>Tells it to end, as a service manager does, and waits; returns its exit status.</summary>
    public async Task<int> StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await _process.WaitForExitAsync().WaitAsync(Patience);
        _ended = true;
        return _process.ExitCode;
    }

    /// <summary>Kills it as a crash would: nothing of it gets a chance to clean up.</summary>
    public async Task CrashAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(Patience);
        _ended = true;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_ended && !_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        _data.Delete(recursive: true);
    }

    private async Task BecomeReadyAsync()
    {
        using var late = new CancellationTokenSource(Patience);
        var line = await _process.StandardOutput.ReadLineAsync(late.Token);
        if (line is null || !line.StartsWith(Ready, StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"The sidecar printed '{line}' instead of {Ready}<port>. Its log:\n{Log}");
        }

        Port = int.Parse(line.AsSpan(Ready.Length), CultureInfo.InvariantCulture);
    }

    private void Keep(string? line)
    {
        lock (_log)
        {
            _log.AppendLine(line);
        }
    }
}
