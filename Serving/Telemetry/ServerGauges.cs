using System.Diagnostics.Metrics;
using Snakepit.Bridge;
using Snakepit.Bridge.Tools;
using Snakepit.Bridge.Watching;
using Snakepit.Storage;
using Snakepit.Storage.Hosting;
using Snakepit.Storage.Sqlite;
using Snakepit.Transport;

namespace Snakepit.Serving.Telemetry;

/// <summary>What there is in a server at the moment it is asked. Asked by who collects, so it may not take long.</summary>
public sealed class ServerGauges : IDisposable
{
    private readonly Meter _meter = new("Snakepit.Server");

    /// <summary>Of a process that has sessions.</summary>
    public void Add(SessionDirectory directory, ISessionStore store)
    {
        StorageMetrics.Begin();
        _meter.CreateObservableGauge("snakepit.sessions.active", () => directory.ActiveCount, "{session}", "Sessions in memory.");
        _meter.CreateObservableGauge("snakepit.sessions.stored", () => store.Count, "{session}", "Sessions stored.");
        if (store is SqliteStore file)
        {
            _meter.CreateObservableGauge(
                "snakepit.store.size", () => file.Length, "By", "Size of the store on the disk, its write-ahead log included.");
        }
    }

    /// <summary>Of a process that can be ready.</summary>
    /// <param name="isReady">Whether it is, as `/readyz` has it.</param>
    public void Add(Func<bool> isReady) =>
        _meter.CreateObservableGauge("snakepit.ready", () => isReady() ? 1 : 0, description: "1 = ready to serve, as /readyz says; 0 = not.");

    /// <summary>Of a process that serves watches.</summary>
    public void Add(WatchHub watches)
    {
        BridgeMetrics.Begin();
        _meter.CreateObservableGauge("snakepit.watchers", () => watches.WatcherCount, "{watcher}", "Watches open.");
        _meter.CreateObservableGauge(
            "snakepit.watchers.behind", () => watches.MeasureLag().Watchers, "{watcher}", "Watchers that are not level with their session.");
        _meter.CreateObservableGauge(
            "snakepit.watch.lag", () => watches.MeasureLag().WorstLag, "{revision}", "By how many revisions the slowest watcher is behind.");
    }

    /// <summary>Of a process that knows hosts of tools.</summary>
    public void Add(ToolHosts hosts) => _meter.CreateObservableGauge(
        "snakepit.tool.hosts",
        () => hosts.DescribeAll()
            .CountBy(static host => (host.Kind, host.State))
            .Select(static group => new Measurement<int>(
                group.Value,
                new KeyValuePair<string, object?>("snakepit.tool.host.kind", group.Key.Kind.ToString().ToLowerInvariant()),
                new KeyValuePair<string, object?>("snakepit.tool.host.state", group.Key.State.ToString().ToLowerInvariant()))),
        "{host}",
        "Hosts of tools: workers and attached clients, by state.");

    /// <summary>Of a process that has certificates: for its clients, and for silos and gateways. Null = none.</summary>
    public void Add(TlsCredentials? server, TlsCredentials? cluster)
    {
        if (server is not null)
        {
            Add(server, "server");
        }

        if (cluster is not null)
        {
            Add(cluster, "cluster");
        }
    }

    public void Dispose() => _meter.Dispose();

    private void Add(TlsCredentials credentials, string use) => _meter.CreateObservableGauge(
        "snakepit.tls.certificate.expiry",
        () => new Measurement<double>(
            credentials.TimeLeft?.TotalSeconds ?? 0, new KeyValuePair<string, object?>("snakepit.tls.certificate.use", use)),
        "s",
        "Time until the certificate expires; negative once it has.");
}
