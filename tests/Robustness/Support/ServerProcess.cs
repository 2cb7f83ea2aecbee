using System.Diagnostics;
using System.Globalization;

namespace Snakepit.Tests.Robustness.Support;

/// <summary>
/// One of the product's executables in a process of its own, on a free port. Ended by its id, at the
/// latest when disposed of.
/// </summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string?> _firstLine;
    private readonly Task<string> _errors;
    private BridgeClient? _client;

    private ServerProcess(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        var process = Process.Start(start)!;
        _process = process;
        _firstLine = process.StandardOutput.ReadLineAsync();
        _errors = process.StandardError.ReadToEndAsync();
    }

    public int Id => _process.Id;

    public int Port { get; private set; }

    /// <summary>The address by which its clients reach it.</summary>
    public string Host { get; init; } = "127.0.0.1";

    public bool HasExited => _process.HasExited;

    /// <summary>A client of it, once it is ready.</summary>
    public BridgeClient Client => _client ??= new BridgeClient(Port, Host);

    /// <summary>What it says first on stdout; null = it has ended without a word.</summary>
    public Task<string?> FirstLine => _firstLine.Within("the first line of stdout");

    /// <summary>What it wrote to stderr, once it has ended.</summary>
    public Task<string> Errors => _errors.Within("the end of stderr");

    /// <summary>Waits until it says that it serves; one that does not is ended.</summary>
    public async Task<ServerProcess> OnceReadyAsync()
    {
        try
        {
            await ReadyAsync();
            return this;
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until it ends because it cannot serve; answers with the one line that it says.</summary>
    public async Task<string> RefusalAsync()
    {
        Assert.Equal(1, await ExitAsync());
        return Assert.Single((await Errors).Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private async Task ReadyAsync()
    {
        var line = await _firstLine.Within("the server's word that it serves");
        Port = line?.Split(':') is ["GRPC_READY" or "SILO_READY", var port]
            ? int.Parse(port, CultureInfo.InvariantCulture)
            : throw new InvalidOperationException($"the server did not start: '{line}' {await Errors}");
    }

    public void Send(Signal signal) => Signals.Send(Id, signal);

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

    /// <summary>The same to one that may end by itself in the same moment.</summary>
    public async Task KillIfRunningAsync()
    {
        _process.Kill();
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
        if (!HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }
}
