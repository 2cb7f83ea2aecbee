using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
using Snakepit.Serving.Telemetry;

namespace Snakepit.Tests.Serving;

/// <summary>What calls took is told, call by call, to a collector only: the page has it from where it is counted.</summary>
[CollectionDefinition(nameof(CallsExportTests), DisableParallelization = true)]
[Collection(nameof(CallsExportTests))]
public sealed class CallsExportTests
{
    [Theory]
    [InlineData(true, false, false)]
    [InlineData(false, true, true)]
    [InlineData(true, true, true)]
    public void Calls_are_told_to_a_collector_and_to_no_page(bool hasPage, bool hasCollector, bool areTold)
    {
        var options = new TelemetryOptions { HasPage = hasPage, Otlp = hasCollector ? new Uri($"http://127.0.0.1:{FreePort.Next()}") : null };
        using var export = new TelemetryExport("test", options, NullLoggerFactory.Instance, TimeProvider.System);
        using var calls = new Meter(CallMetrics.MeterName);
        using var others = new Meter("Snakepit.Others");
        Assert.Equal(areTold, calls.CreateHistogram<double>(CallMetrics.Name, "s").Enabled);
        Assert.True(others.CreateHistogram<double>("others", "s").Enabled);
    }
}
