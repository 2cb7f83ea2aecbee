using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Snakepit.Storage;

/// <summary>What the process's sessions and their store tell of themselves, whoever listens.</summary>
internal static class StorageMetrics
{
    private static readonly Meter Meter = new("Snakepit.Storage");

    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>(
        "snakepit.store.operation.duration", "s", "Duration of the store's operations, as sessions wait for them.");

    private static readonly Histogram<int> GroupSize = Meter.CreateHistogram(
        "snakepit.commit.commands",
        "{command}",
        "Commands that went together in one commit of a session.",
        advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000] });

    private static readonly Counter<long> Changes = Meter.CreateCounter<long>(
        "snakepit.changes", "{change}", "Changes of variables that were committed.");

    /// <summary>The beginning of an operation; 0 where nobody listens.</summary>
    public static long Begin() => Duration.Enabled ? Stopwatch.GetTimestamp() : 0;

    /// <summary>The end of one that <see cref="Begin"/> saw begin.</summary>
    /// <param name="begun">What that answered.</param>
    /// <param name="operation">`append`, `load`, `checkpoint`, `trim`.</param>
    /// <param name="failure">Why it failed; null = it did not.</param>
    public static void End(long begun, string operation, Exception? failure = null)
    {
        if (begun != 0)
        {
            var tags = new TagList { { "snakepit.store.operation", operation } };
            if (failure is not null)
            {
                tags.Add("error.type", failure.GetType().Name);
            }

            Duration.Record(Stopwatch.GetElapsedTime(begun).TotalSeconds, tags);
        }
    }

    public static void Committed(int commands, int changes)
    {
        GroupSize.Record(commands);
        Changes.Add(changes);
    }
}
