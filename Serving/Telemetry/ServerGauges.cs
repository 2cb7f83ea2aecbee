using System.Diagnostics.Metrics;
using Snakepit.Bridge.Watching;
using Snakepit.Storage;
using Snakepit.Storage.Hosting;

namespace Snakepit.Serving.Telemetry;

/// <summary>What there is in a server at the moment it is asked. Asked by who collects, so it may not take long.</summary>
public sealed class ServerGauges : IDisposable
{
    private readonly Meter _meter = new("Snakepit.Server");

    /// <summary>Of a process that has sessions.</summary>
    public void Add(SessionDirectory directory, ISessionStore store)
    {
        _meter.CreateObservableGauge("snakepit.sessions.active", () => directory.ActiveCount, "{session}", "Sessions in memory.");
        _meter.CreateObservableGauge("snakepit.sessions.stored", () => store.Count, "{session}", "Sessions stored.");
    }

    /// <summary>Of a process that serves watches.</summary>
    public void Add(WatchHub watches)
    {
        _meter.CreateObservableGauge("snakepit.watchers", () => watches.WatcherCount, "{watcher}", "Watches open.");
        _meter.CreateObservableGauge(
            "snakepit.watchers.behind", () => watches.MeasureLag().Watchers, "{watcher}", "Watchers that are not level with their session.");
        _meter.CreateObservableGauge(
            "snakepit.watch.lag", () => watches.MeasureLag().WorstLag, "{revision}", "By how many revisions the slowest watcher is behind.");
    }

    public void Dispose() => _meter.Dispose();
}
