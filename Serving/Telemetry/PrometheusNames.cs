using System.Text;
using OpenTelemetry.Metrics;

namespace Snakepit.Serving.Telemetry;

/// <summary>
/// Names of OpenTelemetry as Prometheus has them: "Prometheus and OpenMetrics Compatibility" of the OpenTelemetry
/// specification.
/// </summary>
internal static class PrometheusNames
{
    /// <summary>With the unit and, for what only grows, `total` behind it: `snakepit.watch.deliveries` in `{update}` is `snakepit_watch_deliveries_total`.</summary>
    public static string OfMetric(string name, string unit, MetricType type)
    {
        var text = Plain(name);
        if (UnitOf(unit) is { } suffix && !text.EndsWith($"_{suffix}", StringComparison.Ordinal))
        {
            text = $"{text}_{suffix}";
        }

        return IsCounter(type) && !text.EndsWith("_total", StringComparison.Ordinal) ? $"{text}_total" : text;
    }

    public static string OfLabel(string key) => Plain(key);

    /// <summary>Whether the values of a series only grow.</summary>
    public static bool IsCounter(MetricType type) => type is MetricType.LongSum or MetricType.DoubleSum;

    private static string? UnitOf(string unit) => unit switch
    {
        "" or "1" => null,
        "s" => "seconds",
        "ms" => "milliseconds",
        "us" => "microseconds",
        "By" => "bytes",
        "%" => "percent",
        _ when unit.StartsWith('{') => null,
        _ => Plain(unit),
    };

    private static string Plain(string name)
    {
        var text = new StringBuilder(name.Length);
        foreach (var letter in name)
        {
            var isPlain = char.IsAsciiLetterOrDigit(letter) && !(text.Length == 0 && char.IsAsciiDigit(letter));
            if (isPlain || text.Length == 0 || text[^1] != '_')
            {
                text.Append(isPlain ? letter : '_');
            }
        }

        return text.ToString();
    }
}
