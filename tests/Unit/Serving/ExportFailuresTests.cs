using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Trace;
using Snakepit.Serving.Telemetry;
using Snakepit.Tests.Storage;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Serving;

public sealed class ExportFailuresTests
{
    [Fact]
    public void What_does_not_reach_its_collector_is_told_once_a_minute_and_why()
    {
        var collector = new Uri($"http://127.0.0.1:{FreePort.Next()}");
        var clock = new ManualClock();
        var log = new ToldWarnings();
        using var failures = new ExportFailures(collector, log, clock);
        Export(collector);
        var told = Assert.Single(log.Warnings);
        Assert.StartsWith($"metrics and traces do not reach the collector {collector}: ", told, StringComparison.Ordinal);
        Assert.Contains("Connection refused", told, StringComparison.Ordinal);

        clock.Advance(TimeSpan.FromSeconds(59));
        Export(collector);
        Assert.Single(log.Warnings);
        clock.Advance(TimeSpan.FromSeconds(1));
        Export(collector);
        Assert.Equal(2, log.Warnings.Count);
    }

    private static void Export(Uri collector)
    {
        using var source = new ActivitySource("Snakepit.Tests.Exported");
        using var traces = Sdk.CreateTracerProviderBuilder()
            .AddSource(source.Name)
            .AddOtlpExporter(exporter => (exporter.Endpoint, exporter.Protocol) = (collector, OtlpExportProtocol.Grpc))
            .Build();
        source.StartActivity("span")!.Dispose();
        traces.ForceFlush();
    }
}
