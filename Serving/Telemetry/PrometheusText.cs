using System.Globalization;
using System.Text;
using OpenTelemetry.Metrics;

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
            if (family.First().Description is { Length: > 0 } description)
            {
                text.Append(CultureInfo.InvariantCulture, $"# HELP {family.Key} {Escaped(description)}\n");
            }

            text.Append(CultureInfo.InvariantCulture, $"# TYPE {family.Key} {kind}\n");
            foreach (var metric in family.Where(metric => KindOf(metric.MetricType) == kind))
            {
                Append(text, family.Key, metric);
            }
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

    private static void Append(StringBuilder text, string name, Metric metric)
    {
        foreach (ref readonly var point in metric.GetMetricPoints())
        {
            var labels = LabelsOf(point);
            switch (metric.MetricType)
            {
                case MetricType.Histogram:
                    AppendHistogram(text, name, labels, point);
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

    private static void AppendHistogram(StringBuilder text, string name, string labels, in MetricPoint point)
    {
        long count = 0;
        foreach (var bucket in point.GetHistogramBuckets())
        {
            count += bucket.BucketCount;
            var bound = $"le=\"{Shown(bucket.ExplicitBound)}\"";
            AppendSample(text, $"{name}_bucket", labels.Length == 0 ? bound : $"{labels},{bound}", count);
        }

        AppendSample(text, $"{name}_sum", labels, point.GetHistogramSum());
        AppendSample(text, $"{name}_count", labels, count);
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

    private static string LabelsOf(in MetricPoint point)
    {
        var labels = new StringBuilder();
        foreach (var (key, value) in point.Tags)
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
