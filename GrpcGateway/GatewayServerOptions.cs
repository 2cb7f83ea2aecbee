using System.Net;
using Snakepit.Bridge.Calculator;
using Snakepit.Bridge.Tools;
using Snakepit.Bridge.Watching;
using Snakepit.Grains;
using Snakepit.Serving.Access;
using Snakepit.Serving.Admin;
using Snakepit.Serving.Settings;
using Snakepit.Serving.Telemetry;
using Snakepit.Sessions;
using Snakepit.Storage.Postgres;
using Snakepit.Transport;

namespace Snakepit.GrpcGateway;

/// <summary>How a gateway runs.</summary>
public sealed record GatewayServerOptions
{
    /// <summary>What the cluster shares; null = it is given by the silo in the same process.</summary>
    public PostgresOptions? Database { get; init; }

    /// <summary>The cluster, as its silos call it.</summary>
    public string ClusterId { get; init; } = "snakepit";

    public IReadOnlyList<GrpcEndpoint> Endpoints { get; init; } = [new("localhost", 50051)];

    /// <summary>For clients; null = cleartext.</summary>
    public ServerTlsOptions? Tls { get; init; }

    /// <summary>For the other gateways; null = cleartext. Given where clients are served by TLS.</summary>
    public GatewayPeers? Peers { get; init; }

    /// <summary>For silos; null = cleartext.</summary>
    public TlsFiles? ClusterTls { get; init; }

    /// <summary>How the other gateways reach this one, on its first port: calls for hosts that are attached here come so.</summary>
    public IPAddress Advertise { get; init; } = IPAddress.Loopback;

    /// <summary>Where probes and scrapers are answered; null = nowhere.</summary>
    public AdminOptions? Admin { get; init; }

    /// <summary>Who may call.</summary>
    public AccessSettings Access { get; init; } = new();

    public TelemetryOptions Telemetry { get; init; } = new();

    public SessionLimits Limits { get; init; } = SessionLimits.Default;

    public WatchSettings Watches { get; init; } = WatchSettings.Default;

    public ToolSettings Tools { get; init; } = ToolSettings.Default;

    public CalculatorLimits Calculator { get; init; } = new();

    public ChangeStreamOptions Streams { get; init; } = ChangeStreamOptions.Default;

    /// <summary>
    /// How long a call looks for its session's owner before it is answered UNAVAILABLE: longer than the cluster takes
    /// to notice a dead silo.
    /// </summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Bytes of a request message, after decompression too.</summary>
    public int MaxReceiveMessageSize { get; init; } = 64 * 1024 * 1024;

    /// <summary>What it bears of all callers together.</summary>
    public ServerCapacity Capacity { get; init; } = ServerCapacity.Default;

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
