using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using Snakepit.Serving.Telemetry;

namespace Snakepit.Tests.Serving;

/// <summary>The text that Prometheus scrapes, of metrics as OpenTelemetry gathers them.</summary>
public sealed class PrometheusTextTests : IDisposable
{
    private readonly Meter _meter = new($"Tested.{Guid.NewGuid():N}");
    private readonly MetricsPage _page = new();
    private readonly MeterProvider _provider;

    public PrometheusTextTests() => _provider = Sdk.CreateMeterProviderBuilder()
        .AddMeter(_meter.Name)
        .AddView("waits", new ExplicitBucketHistogramConfiguration { Boundaries = [0.1, 1] })
        .AddReader(new BaseExportingMetricReader(_page))
        .Build();

    public void Dispose()
    {
        _provider.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public void A_counter_gets_its_suffix_and_its_labels_are_escaped()
    {
        _meter.CreateCounter<long>("some.things", "{thing}", "What there\nwas.").Add(3, new KeyValuePair<string, object?>("a.kind", "x\"y\\z\n"));
        Assert.Equal(
            """
            # HELP some_things_total What there\nwas.
            # TYPE some_things_total counter
            some_things_total{a_kind="x\"y\\z\n"} 3

            """.ReplaceLineEndings("\n"),
            _page.Render());
    }

    [Fact]
    public void A_histogram_has_cumulative_buckets_a_sum_and_a_count()
    {
        var waits = _meter.CreateHistogram<double>("waits", "s");
        foreach (var wait in new[] { 0.05, 0.5, 0.5, 7 })
        {
            waits.Record(wait);
        }

        Assert.Equal(
            """
            # TYPE waits_seconds histogram
            waits_seconds_bucket{le="0.1"} 1
            waits_seconds_bucket{le="1"} 3
            waits_seconds_bucket{le="+Inf"} 4
            waits_seconds_sum 8.05
            waits_seconds_count 4

            """.ReplaceLineEndings("\n"),
            _page.Render());
    }

    [Fact]
    public void A_gauge_is_asked_each_time()
    {
        var now = 1;
        _meter.CreateObservableGauge("room", () => now++, "By");
        Assert.Equal("# TYPE room_bytes gauge\nroom_bytes 1\n", _page.Render());
        Assert.Equal("# TYPE room_bytes gauge\nroom_bytes 2\n", _page.Render());
    }

    [Fact]
    public void Two_meters_with_one_name_share_a_family()
    {
        using var other = new Meter(_meter.Name, "2");
        _meter.CreateUpDownCounter<int>("open").Add(1, new KeyValuePair<string, object?>("at", "a"));
        other.CreateUpDownCounter<int>("open").Add(2, new KeyValuePair<string, object?>("at", "b"));
        Assert.Equal("# TYPE open gauge\nopen{at=\"a\"} 1\nopen{at=\"b\"} 2\n", _page.Render());
    }
}
