using System.Globalization;
using System.Text;
using OpenTelemetry.Metrics;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Serving.Telemetry;

/// <summary>Metrics in the text format of Prometheus, version 0.0.4.</summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>One family for each name: where two meters have a metric of the same name and kind, they share it.</summary>
    public static string Of(IEnumerable<Metric> metrics)
    {
        var text = new StringBuilder();
        var families = metrics.Where(static metric => KindOf(metric.MetricType) is not null)
            .GroupBy(static metric => PrometheusNames.OfMetric(metric.Name, metric.Unit, metric.MetricType), StringComparer.Ordinal);
        foreach (var family in families)
        {
            var kind = KindOf(family.First().MetricType);
            AppendHeader(text, family.Key, kind!, family.First().Description);
            foreach (var metric in family.Where(metric => KindOf(metric.MetricType) == kind))
            {
                Append(text, family.Key, metric);
            }
        }

        return text.ToString();
    }

    /// <summary>What calls took, by method and status.</summary>
    public static string Of(IReadOnlyDictionary<(string Method, RpcCode Status), DurationBuckets> calls)
    {
        var text = new StringBuilder();
        var name = PrometheusNames.OfMetric(CallMetrics.Name, "s", MetricType.Histogram);
        if (calls.Count > 0)
        {
            AppendHeader(text, name, "histogram", CallMetrics.Description);
        }

        foreach (var ((method, status), durations) in calls)
        {
            var labels = LabelsOf(CallMetrics.Tags(method, status));
            var buckets = DurationBuckets.Bounds.Append(double.PositiveInfinity).Select((bound, n) => (bound, durations.Count(n)));
            AppendHistogram(text, name, labels, buckets, durations.Sum.TotalSeconds);
        }

        return text.ToString();
    }

    private static string? KindOf(MetricType type) => type switch
    {
        MetricType.LongSum or MetricType.DoubleSum => "counter",
        MetricType.LongGauge or MetricType.DoubleGauge or MetricType.LongSumNonMonotonic or MetricType.DoubleSumNonMonotonic => "gauge",
        MetricType.Histogram => "histogram",
        _ => null,
    };

    private static void AppendHeader(StringBuilder text, string name, string kind, string description)
    {
        if (description.Length > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {Escaped(description)}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"# TYPE {name} {kind}\n");
    }

    private static void Append(StringBuilder text, string name, Metric metric)
    {
        foreach (ref readonly var point in metric.GetMetricPoints())
        {
            var labels = LabelsOf(Tags(point));
            switch (metric.MetricType)
            {
                case MetricType.Histogram:
                    AppendHistogram(text, name, labels, Buckets(point), point.GetHistogramSum());
                    break;
                case MetricType.LongSum or MetricType.LongSumNonMonotonic:
                    AppendSample(text, name, labels, point.GetSumLong());
                    break;
                case MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic:
                    AppendSample(text, name, labels, point.GetSumDouble());
                    break;
                case MetricType.LongGauge:
                    AppendSample(text, name, labels, point.GetGaugeLastValueLong());
                    break;
                default:
                    AppendSample(text, name, labels, point.GetGaugeLastValueDouble());
                    break;
            }
        }
    }

    private static void AppendHistogram(
        StringBuilder text, string name, string labels, IEnumerable<(double Bound, long Count)> buckets, double sum)
    {
        long total = 0;
        foreach (var (upper, count) in buckets)
        {
            total += count;
            var bound = $"le=\"{Shown(upper)}\"";
            AppendSample(text, $"{name}_bucket", labels.Length == 0 ? bound : $"{labels},{bound}", total);
        }

        AppendSample(text, $"{name}_sum", labels, sum);
        AppendSample(text, $"{name}_count", labels, total);
    }

    private static void AppendSample(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0)
        {
            text.Append('{').Append(labels).Append('}');
        }

        text.Append(' ').Append(Shown(value)).Append('\n');
    }

    private static List<(double Bound, long Count)> Buckets(in MetricPoint point)
    {
        List<(double Bound, long Count)> buckets = [];
        foreach (var bucket in point.GetHistogramBuckets())
        {
            buckets.Add((bucket.ExplicitBound, bucket.BucketCount));
        }

        return buckets;
    }

    private static List<KeyValuePair<string, object?>> Tags(in MetricPoint point)
    {
        List<KeyValuePair<string, object?>> tags = [];
        foreach (var tag in point.Tags)
        {
            tags.Add(tag);
        }

        return tags;
    }

    private static string LabelsOf(IReadOnlyCollection<KeyValuePair<string, object?>> tags)
    {
        var labels = new StringBuilder();
        foreach (var (key, value) in tags)
        {
            var text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
            labels.Append(labels.Length == 0 ? "" : ",").Append(PrometheusNames.OfLabel(key))
                .Append("=\"").Append(Escaped(text).Replace("\"", "\\\"", StringComparison.Ordinal)).Append('"');
        }

        return labels.ToString();
    }

    private static string Shown(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    private static string Escaped(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
