using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Snakepit.Sidecar.Workers;

/// <summary>A worker's process of this machine, with what it prints and how it says that it is ready.</summary>
internal sealed class LaunchedProcess : IWorkerProcess
{
    private const string ReadyLine = "GRPC_READY:";

    private static readonly TimeSpan ReadyPause = TimeSpan.FromMilliseconds(50);

    /// <summary>What it printed last is read for so long, should something that it started hold its output open.</summary>
    private static readonly TimeSpan OutputPatience = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource<int> _port = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _end = new();
    private readonly Process _process;
    private readonly string _readyFile;
    private readonly bool _ownGroup;
    private readonly Task _output;
    private readonly Task _ready;

    /// <param name="process">Just started, all its streams redirected.</param>
    /// <param name="worker">The worker's name, for the log.</param>
    /// <param name="readyFile">Where it may write its port.</param>
    /// <param name="ownGroup">Whether it leads a process group of its own.</param>
    /// <param name="logger">Told what it prints.</param>
    public LaunchedProcess(Process process, string worker, string readyFile, bool ownGroup, ILogger logger)
    {
        (_process, _readyFile, _ownGroup) = (process, readyFile, ownGroup);
        Id = process.Id;
        var rate = new OutputRate(TimeProvider.System);
        var log = new WorkerOutput(worker, Id, rate, logger);
        _output = Task.WhenAll(
            OutputLines.ReadAsync(process.StandardOutput, line => Told(line, log), _end.Token),
            OutputLines.ReadAsync(process.StandardError, log.Line, _end.Token));
        _ready = AwaitFileAsync();
        Exited = AwaitExitAsync(log);
    }

    public int Id { get; }

    public Task<int> Port => _port.Task;

    public Task<string> Exited { get; }

    public void Terminate()
    {
        if (OperatingSystem.IsWindows())
        {
            Kill();
        }
        else if (!_process.HasExited)
        {
            ProcessSignals.SendTerminate(Id);
        }
    }

    public void Kill()
    {
        if (Exited.IsCompleted)
        {
            // What it had started was ended with it. By now its number may be another's.
            return;
        }

        if (_ownGroup)
        {
            ProcessSignals.KillGroup(Id);
            return;
        }

        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception gone) when (gone is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has ended, or is about to.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _output.WaitAsync(OutputPatience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _ready;
        _process.Dispose();
        _end.Dispose();
    }

    private async Task<string> AwaitExitAsync(WorkerOutput log)
    {
        await _process.WaitForExitAsync(CancellationToken.None);
        var status = _process.ExitCode;
        if (_ownGroup)
        {
            // The guard of its input is left, and perhaps what the worker has started.
            ProcessSignals.KillGroup(Id);
        }

        await _output.WaitAsync(OutputPatience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        log.End();
        return status > 128
            ? string.Create(CultureInfo.InvariantCulture, $"was ended by signal {status - 128}")
            : string.Create(CultureInfo.InvariantCulture, $"ended with status {status}");
    }

    private void Told(string line, WorkerOutput log)
    {
        if (line.StartsWith(ReadyLine, StringComparison.Ordinal) && PortOf(line.AsSpan(ReadyLine.Length)) is { } port)
        {
            _port.TrySetResult(port);
        }
        else
        {
            log.Line(line);
        }
    }

    private async Task AwaitFileAsync()
    {
        using var timer = new PeriodicTimer(ReadyPause);
        try
        {
            while (!_port.Task.IsCompleted && await timer.WaitForNextTickAsync(_end.Token))
            {
                if (File.Exists(_readyFile) && PortOf(await File.ReadAllTextAsync(_readyFile, _end.Token)) is { } port)
                {
                    _port.TrySetResult(port);
                    File.Delete(_readyFile);
                }
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or IOException or UnauthorizedAccessException)
        {
            // It is over; or the file cannot be read, and the worker has its time to say its port on stdout.
        }
    }

    private static int? PortOf(ReadOnlySpan<char> text) =>
        int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65_535
            ? port
            : null;
}
