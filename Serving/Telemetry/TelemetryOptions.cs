namespace Snakepit.Serving.Telemetry;

/// <summary>Who asks for metrics and traces, and how much of them.</summary>
public sealed record TelemetryOptions
{
    /// <summary>Where both are sent by OTLP over gRPC; null = nowhere.</summary>
    public Uri? Otlp { get; init; }

    /// <summary>The share of traces that is recorded, 0 to 1, where the caller has not decided it.</summary>
    public double TraceRatio { get; init; } = 0.01;

    /// <summary>Whether metrics are rendered for who scrapes them.</summary>
    public bool HasPage { get; init; }

    /// <summary>Whether anyone asks for anything.</summary>
    public bool IsAsked => Otlp is not null || HasPage;
}
