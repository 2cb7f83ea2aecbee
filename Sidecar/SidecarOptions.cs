using Snakepit.Bridge.Calculator;
using Snakepit.Bridge.Tools;
using Snakepit.Bridge.Watching;
using Snakepit.Serving.Access;
using Snakepit.Serving.Admin;
using Snakepit.Serving.Telemetry;
using Snakepit.Sessions;
using Snakepit.Sidecar.Workers;
using Snakepit.Storage.Hosting;
using Snakepit.Transport;

namespace Snakepit.Sidecar;

/// <summary>How a sidecar runs.</summary>
public sealed record SidecarOptions
{
    public static SidecarOptions Default { get; } = new();

    public IReadOnlyList<GrpcEndpoint> Endpoints { get; init; } = [new("localhost", 50051)];

    /// <summary>Null = cleartext.</summary>
    public ServerTlsOptions? Tls { get; init; }

    /// <summary>The folder everything is kept in; null = memory.</summary>
    public string? DataFolder { get; init; }

    public SessionSettings Sessions { get; init; } = SessionSettings.Default;

    public HostPolicy Hosting { get; init; } = HostPolicy.Default;

    public CalculatorLimits Calculator { get; init; } = new();

    public WatchSettings Watches { get; init; } = WatchSettings.Default;

    /// <summary>Where probes and scrapers are answered; null = nowhere.</summary>
    public AdminOptions? Admin { get; init; }

    /// <summary>Who may call.</summary>
    public AccessSettings Access { get; init; } = new();

    public TelemetryOptions Telemetry { get; init; } = new();

    public ToolSettings Tools { get; init; } = ToolSettings.Default;

    /// <summary>Null = it launches no workers.</summary>
    public WorkerPoolOptions? Workers { get; init; }

    /// <summary>Bytes of a request message, after decompression too.</summary>
    public int MaxReceiveMessageSize { get; init; } = 64 * 1024 * 1024;

    /// <summary>What it bears of all callers together.</summary>
    public ServerCapacity Capacity { get; init; } = ServerCapacity.Default;

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
