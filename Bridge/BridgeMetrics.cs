using System.Diagnostics;
using System.Diagnostics.Metrics;
using Snakepit.Bridge.Access;

namespace Snakepit.Bridge;

/// <summary>What the process's watches tell of themselves, whoever listens. Who does says so by <see cref="Begin"/>.</summary>
public static class BridgeMetrics
{
    private static readonly Meter Meter = new("Snakepit.Bridge");

    private static readonly Counter<long> Deliveries = Meter.CreateCounter<long>(
        "snakepit.watch.deliveries", "{update}", "Updates written to watchers, initial values and heartbeats among them.");

    private static readonly Counter<long> Resyncs = Meter.CreateCounter<long>(
        "snakepit.watch.resyncs", "{resync}", "Times a watcher was given the current values, as the log no longer reached back to it.");

    private static readonly Counter<long> LogPages = Meter.CreateCounter<long>(
        "snakepit.watch.log_pages", "{page}", "Pages of the log read for watchers that are not level with their session.");

    private static readonly Counter<long> Refusals = Meter.CreateCounter<long>(
        "snakepit.calls.refused", "{call}", "Calls refused because of who made them, by reason.");

    private static readonly Histogram<double> ToolCalls = Meter.CreateHistogram<double>(
        "snakepit.tool.call.duration", "s", "Duration of calls of tools at their hosts.");

    /// <summary>Has the series be there before anything happens: what a series begins with is no increase to who reads it.</summary>
    public static void Begin()
    {
        Deliveries.Add(0);
        Resyncs.Add(0);
        LogPages.Add(0);
        foreach (var reason in Enum.GetValues<RefusalReason>())
        {
            Refused(reason, calls: 0);
        }
    }

    /// <summary>A call of a tool has ended.</summary>
    /// <param name="duration">At its host.</param>
    /// <param name="toolType">`local`, `remote`.</param>
    /// <param name="failure">`tool` = its own; else what kept it from an answer; null = it succeeded.</param>
    internal static void ToolCalled(TimeSpan duration, string toolType, string? failure)
    {
        if (ToolCalls.Enabled)
        {
            var tags = new TagList { { "snakepit.tool.type", toolType } };
            if (failure is not null)
            {
                tags.Add("error.type", failure);
            }

            ToolCalls.Record(duration.TotalSeconds, tags);
        }
    }

    /// <summary>Calls were refused because of who made them.</summary>
    internal static void Refused(RefusalReason reason, int calls = 1) => Refusals.Add(calls, new KeyValuePair<string, object?>("snakepit.refusal.reason", reason switch
    {
        RefusalReason.Unauthenticated => "unauthenticated",
        RefusalReason.Permission => "permission",
        _ => "limit",
    }));

    internal static void Delivered(int updates) => Deliveries.Add(updates);

    internal static void Resynced() => Resyncs.Add(1);

    internal static void ReadLogPage() => LogPages.Add(1);
}
