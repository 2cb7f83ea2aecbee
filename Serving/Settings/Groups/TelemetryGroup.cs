using Snakepit.Serving.Telemetry;

namespace Snakepit.Serving.Settings.Groups;

/// <summary>Where metrics and traces go.</summary>
public static class TelemetryGroup
{
    public static Setting<string> Otlp { get; } = new(
        "otlp", SettingKinds.CollectorAddress, "", "collector that gets metrics and traces by OTLP over gRPC, as http://localhost:4317");

    public static Setting<double> TraceRatio { get; } = new(
        "trace-ratio", SettingKinds.Ratio, 0.01, "share of the calls that are traced, 0 to 1, where the caller has not decided it");

    public static IReadOnlyList<Setting> All { get; } = [Otlp, TraceRatio];

    /// <summary>An admin address has a page of metrics.</summary>
    public static TelemetryOptions OptionsFrom(SettingValues values) => new()
    {
        Otlp = values.Of(Otlp) is { Length: > 0 } address ? new Uri(address) : null,
        TraceRatio = values.Of(TraceRatio),
        HasPage = values.Of(AdminGroup.Admin).Count > 0,
    };
}
