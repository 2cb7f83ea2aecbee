using System.Diagnostics.Metrics;

namespace Snakepit.Bridge;

/// <summary>What the process's watches tell of themselves, whoever listens.</summary>
internal static class BridgeMetrics
{
    private static readonly Meter Meter = new("Snakepit.Bridge");

    private static readonly Counter<long> Deliveries = Meter.CreateCounter<long>(
        "snakepit.watch.deliveries", "{update}", "Updates written to watchers, initial values and heartbeats among them.");

    private static readonly Counter<long> Resyncs = Meter.CreateCounter<long>(
        "snakepit.watch.resyncs", "{resync}", "Times a watcher was given the current values, as the log no longer reached back to it.");

    private static readonly Counter<long> LogPages = Meter.CreateCounter<long>(
        "snakepit.watch.log_pages", "{page}", "Pages of the log read for watchers that are not level with their session.");

    public static void Delivered(int updates) => Deliveries.Add(updates);

    public static void Resynced() => Resyncs.Add(1);

    public static void ReadLogPage() => LogPages.Add(1);
}
