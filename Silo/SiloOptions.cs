using System.Net;
using Snakepit.Bridge.Calculator;
using Snakepit.Grains;
using Snakepit.GrpcGateway;
using Snakepit.Serving.Admin;
using Snakepit.Serving.Telemetry;
using Snakepit.Sessions;
using Snakepit.Storage.Hosting;
using Snakepit.Storage.Postgres;
using Snakepit.Transport;

namespace Snakepit.Silo;

/// <summary>How a silo runs.</summary>
public sealed record SiloOptions
{
    /// <summary>What the cluster shares; null = memory, and no other silos.</summary>
    public PostgresOptions? Database { get; init; }

    /// <summary>Those of the same id, in one database, form one cluster.</summary>
    public string ClusterId { get; init; } = "snakepit";

    /// <summary>Where the other processes of the cluster reach this one.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>For silos and gateways; null = cleartext.</summary>
    public TlsFiles? ClusterTls { get; init; }

    /// <summary>For clients of the gateway in its process, and for the admin address; null = cleartext.</summary>
    public ServerTlsOptions? Tls { get; init; }

    /// <summary>For other silos; 0 = any free one.</summary>
    public int SiloPort { get; init; } = 11111;

    /// <summary>For gateways; 0 = any free one.</summary>
    public int ClientPort { get; init; } = 30000;

    /// <summary>Where probes and scrapers are answered; null = nowhere.</summary>
    public AdminOptions? Admin { get; init; }

    public TelemetryOptions Telemetry { get; init; } = new();

    public SessionSettings Sessions { get; init; } = SessionSettings.Default;

    public HostPolicy Hosting { get; init; } = HostPolicy.Default;

    public CalculatorLimits Calculator { get; init; } = new();

    public ChangeStreamOptions Streams { get; init; } = ChangeStreamOptions.Default;

    /// <summary>A gateway in the same process; null = none.</summary>
    public GatewayServerOptions? Gateway { get; init; }

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
