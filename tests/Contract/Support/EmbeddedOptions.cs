using Snakepit.Bridge.Calculator;
using Snakepit.Bridge.Watching;
using Snakepit.Serving.Access;
using Snakepit.Serving.Admin;
using Snakepit.Serving.Telemetry;
using Snakepit.Sessions;
using Snakepit.Sidecar;
using Snakepit.Storage.Hosting;
using Snakepit.Transport;

namespace Snakepit.Tests.Contract.Support;

/// <summary>The settings of a test as a server with embedded sessions takes them.</summary>
internal static class EmbeddedOptions
{
    /// <summary>On a free port; data go to the folder where the settings ask for durability.</summary>
    public static SidecarOptions Of(ServerSettings settings, DirectoryInfo? folder) => new()
    {
        Endpoints = [new GrpcEndpoint("127.0.0.1", 0)],
        DataFolder = settings.Durable ? folder?.FullName : null,
        Sessions = SessionSettings.Default with { Limits = Limits(settings) },
        Hosting = Hosting(settings),
        Calculator = Calculator(settings),
        Watches = Watches(settings),
        Access = new AccessSettings { File = settings.Access },
        Tls = settings.Certificate is { } files ? new ServerTlsOptions(files, ClientCertificates.Unasked, SparesLoopback: true) : null,
        Admin = settings.HasAdmin ? new AdminOptions(new GrpcEndpoint("127.0.0.1", 0)) : null,
        Telemetry = new TelemetryOptions { HasPage = settings.HasAdmin, Otlp = settings.Collector, TraceRatio = 1 },
    };

    private static SessionLimits Limits(ServerSettings settings)
    {
        var limits = SessionLimits.Default;
        return limits with
        {
            MaxVariables = settings.MaxVariables ?? limits.MaxVariables,
            MaxBatch = settings.MaxBatch ?? limits.MaxBatch,
            MaxValueBytes = settings.MaxValueBytes ?? limits.MaxValueBytes,
        };
    }

    private static HostPolicy Hosting(ServerSettings settings)
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

    private static WatchSettings Watches(ServerSettings settings)
    {
        var watches = WatchSettings.Default;
        return watches with
        {
            Heartbeat = settings.Heartbeat ?? watches.Heartbeat,
            StallLimit = settings.StallLimit ?? watches.StallLimit,
            MaxWatchers = settings.MaxWatchers ?? watches.MaxWatchers,
        };
    }

    private static CalculatorLimits Calculator(ServerSettings settings)
    {
        var limits = new CalculatorLimits();
        return limits with
        {
            IdleTime = settings.CalculationIdleTime ?? limits.IdleTime,
            MaxCalculations = settings.MaxCalculations ?? limits.MaxCalculations,
        };
    }
}
