using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Snakepit.Storage;

/// <summary>What the process's sessions and their store tell of themselves, whoever listens. Who does says so by <see cref="Begin"/>.</summary>
public static class StorageMetrics
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

    private static readonly Counter<long> TrimmedRevisions = Meter.CreateCounter<long>(
        "snakepit.log.trimmed", "{revision}", "Revisions that can no longer be replayed, as they were trimmed off the logs.");

    /// <summary>Has the series be there before anything happens: what a series begins with is no increase to who reads it.</summary>
    public static void Begin()
    {
        Changes.Add(0);
        TrimmedRevisions.Add(0);
    }

    /// <summary>The beginning of an operation; 0 where nobody listens.</summary>
    internal static long BeginOperation() => Duration.Enabled ? Stopwatch.GetTimestamp() : 0;

    /// <summary>An operation, whose end is told with how long it took. Costs nothing where nobody listens.</summary>
    /// <param name="operation">`append`, `load`, `checkpoint`, `trim`.</param>
    /// <param name="begun">What <see cref="BeginOperation"/> answered before it began.</param>
    /// <param name="running">The operation.</param>
    internal static ValueTask<T> MeasureAsync<T>(string operation, long begun, ValueTask<T> running) =>
        begun == 0 ? running : AwaitAsync(operation, begun, running);

    /// <summary>As above.</summary>
    internal static async ValueTask MeasureAsync(string operation, long begun, ValueTask running) =>
        await MeasureAsync(operation, begun, DoneAsync(running)).ConfigureAwait(false);

    internal static void Trimmed(long revisions) => TrimmedRevisions.Add(revisions);

    internal static void Committed(int commands, int changes)
    {
        GroupSize.Record(commands);
        Changes.Add(changes);
    }

    private static async ValueTask<T> AwaitAsync<T>(string operation, long begun, ValueTask<T> running)
    {
        var tags = new TagList { { "snakepit.store.operation", operation } };
        try
        {
            return await running.ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            tags.Add("error.type", failure.GetType().Name);
            throw;
        }
        finally
        {
            Duration.Record(Stopwatch.GetElapsedTime(begun).TotalSeconds, tags);
        }
    }

    private static async ValueTask<bool> DoneAsync(ValueTask running)
    {
        await running.ConfigureAwait(false);
        return true;
    }
}
