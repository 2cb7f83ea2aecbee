using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
using Snakepit.Serving.Telemetry;
using Snakepit.Tests.Unit.Support;
using Snakepit.Tests.Unit.Transport;
using Snakepit.Transport;

namespace Snakepit.Tests.Serving;

public sealed class CertificateGaugeTests
{
    [Fact]
    public void It_tells_the_seconds_that_each_certificate_has_left()
    {
        using var authority = new TestAuthority();
        var clock = new ManualClock();
        var end = clock.GetUtcNow().AddDays(2);
        using var gauges = new ServerGauges();
        gauges.Add(Open("server", end), Open("cluster", end.AddDays(-3)));

        var seen = new List<(object?, double)>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, listening) =>
        {
            if (instrument.Name == "snakepit.tls.certificate.expiry")
            {
                listening.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>((_, value, tags, _) => seen.Add((tags[0].Value, value)));
        listener.Start();
        listener.RecordObservableInstruments();

        Assert.Contains(("server", TimeSpan.FromDays(2).TotalSeconds), seen);
        Assert.Contains(("cluster", TimeSpan.FromDays(-1).TotalSeconds), seen);

        TlsCredentials Open(string name, DateTimeOffset ends) => new(authority.Issue(name, ends, "localhost"), clock, NullLogger.Instance);
    }
}
