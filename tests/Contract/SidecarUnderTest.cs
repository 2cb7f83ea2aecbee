using Microsoft.Extensions.Logging.Abstractions;
using Snakepit.Bridge.Calculator;
using Snakepit.Bridge.Watching;
using Snakepit.Sessions;
using Snakepit.Sidecar;
using Snakepit.Storage.Hosting;
using Snakepit.Transport;

namespace Snakepit.Tests.Contract.Support;

/// <summary>A sidecar in the tests' process, over SQLite in a folder of its own, or over memory.</summary>
internal sealed class SidecarUnderTest(ServerSettings settings) : ServerUnderTest
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("snakepit-contract-");
    private SidecarServer? _server;

    public override string Address => $"127.0.0.1:{_server!.Port}";

    public override async Task StartAsync() =>
        _server = await SidecarServer.StartAsync(Options(), NullLoggerFactory.Instance);

    public override Task StopAsync() => _server?.StopAsync(Grace) ?? Task.CompletedTask;

    public override async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }

    private SidecarOptions Options() => new()
    {
        Endpoints = [new GrpcEndpoint("127.0.0.1", 0)],
        DataFolder = settings.Durable ? _folder.FullName : null,
        Sessions = SessionSettings.Default with { Limits = Limits() },
        Hosting = Hosting(),
        Calculator = Calculator(),
        Watches = Watches(),
    };

    private SessionLimits Limits()
    {
        var limits = SessionLimits.Default;
        return limits with
        {
            MaxVariables = settings.MaxVariables ?? limits.MaxVariables,
            MaxBatch = settings.MaxBatch ?? limits.MaxBatch,
            MaxValueBytes = settings.MaxValueBytes ?? limits.MaxValueBytes,
        };
    }

    private HostPolicy Hosting()
    {
        var policy = HostPolicy.Default;
        policy = policy with
        {
            MaxSessions = settings.MaxSessions ?? policy.MaxSessions,
            IdleTime = settings.IdleTime ?? policy.IdleTime,
        };
        return settings.ReplayableChanges is { } kept
            ? policy with { ReplayableChanges = kept, CheckpointCommits = 1 }
            : policy;
    }

    private WatchSettings Watches()
    {
        var watches = WatchSettings.Default;
        return watches with
        {
            Heartbeat = settings.Heartbeat ?? watches.Heartbeat,
            StallLimit = settings.StallLimit ?? watches.StallLimit,
            MaxWatchers = settings.MaxWatchers ?? watches.MaxWatchers,
        };
    }

    private CalculatorLimits Calculator()
    {
        var limits = new CalculatorLimits();
        return limits with
        {
            IdleTime = settings.CalculationIdleTime ?? limits.IdleTime,
            MaxCalculations = settings.MaxCalculations ?? limits.MaxCalculations,
        };
    }
}
