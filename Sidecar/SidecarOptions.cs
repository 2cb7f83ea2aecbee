using Snakepit.Bridge.Calculator;
using Snakepit.Bridge.Tools;
using Snakepit.Bridge.Watching;
using Snakepit.Sessions;
using Snakepit.Storage.Hosting;
using Snakepit.Transport;

namespace Snakepit.Sidecar;

/// <summary>How a sidecar runs.</summary>
public sealed record SidecarOptions
{
    public static SidecarOptions Default { get; } = new();

    public IReadOnlyList<GrpcEndpoint> Endpoints { get; init; } = [new("localhost", 50051)];

    /// <summary>The folder everything is kept in; null = memory.</summary>
    public string? DataFolder { get; init; }

    public SessionSettings Sessions { get; init; } = SessionSettings.Default;

    public HostPolicy Hosting { get; init; } = HostPolicy.Default;

    public CalculatorLimits Calculator { get; init; } = new();

    public WatchSettings Watches { get; init; } = WatchSettings.Default;

    public ToolSettings Tools { get; init; } = ToolSettings.Default;

    /// <summary>Bytes of a request message, after decompression too.</summary>
    public int MaxReceiveMessageSize { get; init; } = 64 * 1024 * 1024;

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
