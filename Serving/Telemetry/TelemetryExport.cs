using System.Diagnostics.Metrics;
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

    // One for each who asks: what calls took goes to the collector, and the page has it from where it is counted.
    private readonly List<MeterProvider> _metrics = [];
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
        if (options.HasPage)
        {
            Page = new MetricsPage { Calls = CallMetrics.OfProcess };
            _metrics.Add(Metrics(resource, ButCalls).AddReader(new BaseExportingMetricReader(Page)).Build());
        }

        if (options.Otlp is { } endpoint)
        {
            _metrics.Add(Metrics(resource, Whole).AddOtlpExporter(exporter => SendTo(exporter, endpoint)).Build());
            _traces = Traces(resource, endpoint);
        }
    }

    /// <summary>Null where none was asked for.</summary>
    public MetricsPage? Page { get; }

    /// <summary>Sends what has gathered, and ends.</summary>
    public void Dispose()
    {
        _traces?.Dispose();
        _metrics.ForEach(static metrics => metrics.Dispose());
        _failures?.Dispose();
    }

    // One view decides all: of several that know an instrument each makes a metric, whatever another drops.
    private static MeterProviderBuilder Metrics(ResourceBuilder resource, Func<Instrument, MetricStreamConfiguration?> view) =>
        Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(Meters).AddView(view);

    private static MetricStreamConfiguration? Whole(Instrument instrument) =>
        instrument.Unit == "s" && instrument.Meter.Name.StartsWith("Snakepit", StringComparison.Ordinal)
            ? new ExplicitBucketHistogramConfiguration { Boundaries = DurationBuckets.Bounds }
            : null;

    private static MetricStreamConfiguration? ButCalls(Instrument instrument) =>
        instrument.Meter.Name == CallMetrics.MeterName ? MetricStreamConfiguration.Drop : Whole(instrument);

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
