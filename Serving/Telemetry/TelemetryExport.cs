using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Snakepit.Serving.Telemetry;

/// <summary>
/// Carries metrics and traces of the process out: to a collector, and to a page. Nothing is measured for anyone while
/// there is none.
/// </summary>
public sealed class TelemetryExport : IDisposable
{
    // Ours, and those of the libraries beneath: Orleans, Npgsql, the runtime.
    private static readonly string[] Meters = ["Snakepit.*", "Microsoft.Orleans", "Npgsql", "System.Runtime"];
    private static readonly string[] Sources = ["Snakepit.*", "Microsoft.Orleans.*", "Npgsql"];

    private readonly MeterProvider _metrics;
    private readonly TracerProvider? _traces;
    private readonly ExportFailures? _failures;

    /// <param name="service">The name of the executable, as `snakepit`.</param>
    /// <param name="options">Who asks for what. What a collector needs beside its address, `OTEL_EXPORTER_OTLP_HEADERS` and its like tell.</param>
    /// <param name="loggers">Told when what is sent does not arrive.</param>
    /// <param name="time">The clock.</param>
    public TelemetryExport(string service, TelemetryOptions options, ILoggerFactory loggers, TimeProvider time)
    {
        _failures = options.Otlp is { } collector ? new ExportFailures(collector, loggers.CreateLogger<TelemetryExport>(), time) : null;
        var resource = ResourceBuilder.CreateDefault()
            .AddService(service, serviceVersion: typeof(TelemetryExport).Assembly.GetName().Version?.ToString(3));
        Page = options.HasPage ? new MetricsPage { Calls = CallMetrics.OfProcess } : null;
        _metrics = Metrics(resource, options, Page);
        _traces = options.Otlp is { } tracing ? Traces(resource, tracing) : null;
    }

    /// <summary>Null where none was asked for.</summary>
    public MetricsPage? Page { get; }

    /// <summary>Sends what has gathered, and ends.</summary>
    public void Dispose()
    {
        _traces?.Dispose();
        _metrics.Dispose();
        _failures?.Dispose();
    }

    private static MeterProvider Metrics(ResourceBuilder resource, TelemetryOptions options, MetricsPage? page)
    {
        var metrics = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter(Meters)
            .AddView(static instrument => instrument.Unit == "s" && instrument.Meter.Name.StartsWith("Snakepit", StringComparison.Ordinal)
                ? new ExplicitBucketHistogramConfiguration { Boundaries = DurationBuckets.Bounds }
                : null);
        if (page is not null)
        {
            metrics.AddReader(new BaseExportingMetricReader(page));
        }

        if (options.Otlp is not { } collector)
        {
            // The page has them from where they are counted.
            metrics.AddView(static instrument => instrument.Meter.Name == CallMetrics.MeterName ? MetricStreamConfiguration.Drop : null);
        }
        else
        {
            metrics.AddOtlpExporter(exporter => SendTo(exporter, collector));
        }

        return metrics.Build();
    }

    private static TracerProvider Traces(ResourceBuilder resource, Uri collector) => Sdk.CreateTracerProviderBuilder()
        .SetResourceBuilder(resource)
        .AddSource(Sources)
        .SetSampler(new ParentBasedSampler(new ServedCallsSampler()))
        .AddOtlpExporter(exporter => SendTo(exporter, collector))
        .Build();

    private static void SendTo(OtlpExporterOptions exporter, Uri collector)
    {
        exporter.Endpoint = collector;
        exporter.Protocol = OtlpExportProtocol.Grpc;
    }
}
