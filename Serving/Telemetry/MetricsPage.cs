using OpenTelemetry;
using OpenTelemetry.Metrics;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Serving.Telemetry;

/// <summary>The present state of all metrics, for who asks. Its reader disposes of it.</summary>
[ExportModes(ExportModes.Pull)]
public sealed class MetricsPage : BaseExporter<Metric>, IPullMetricExporter
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private string _text = "";

    /// <summary>Has the reader collect everything; it sets this.</summary>
    public Func<int, bool>? Collect { get; set; }

    /// <summary>The calls, which the page has from where they are counted; null = it has none.</summary>
    internal Func<IReadOnlyDictionary<(string Method, RpcCode Status), DurationBuckets>>? Calls { get; init; }

    /// <summary>In the text format of Prometheus. One at a time: others wait.</summary>
    public string Render()
    {
        lock (_gate)
        {
            _text = "";
            Collect?.Invoke((int)Patience.TotalMilliseconds);
            return _text;
        }
    }

    /// <summary>Called by the reader.</summary>
    public override ExportResult Export(in Batch<Metric> batch)
    {
        var metrics = new List<Metric>();
        foreach (var metric in batch)
        {
            metrics.Add(metric);
        }

        _text = PrometheusText.Of(metrics) + (Calls is null ? "" : PrometheusText.Of(Calls()));
        return ExportResult.Success;
    }
}
