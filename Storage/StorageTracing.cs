using System.Diagnostics;

namespace Snakepit.Storage;

/// <summary>
/// The store's part in the trace of a call. Loops that do the work of many callers do each piece on behalf of those
/// whose it is, so that what is called and logged meanwhile is theirs, and not for good that of who started the loop.
/// </summary>
internal static class StorageTracing
{
    private static readonly ActivitySource Source = new("Snakepit.Storage");

    /// <summary>The call on whose behalf the thread works; null = no call that anyone follows.</summary>
    public static Activity? Cause => Activity.Current;

    /// <summary>From here to the end of the asynchronous method that calls it, the work is of this cause; null = of none.</summary>
    public static void WorkFor(Activity? cause)
    {
        // Each change of what flows along costs an allocation.
        if (!ReferenceEquals(Activity.Current, cause))
        {
            Activity.Current = cause;
        }
    }

    /// <summary>
    /// Runs an operation that several calls wait for: each that is recorded gets a span of it, and what the operation
    /// itself calls goes on with the first of them.
    /// </summary>
    /// <param name="operation">As in <see cref="StorageMetrics"/>.</param>
    /// <param name="causes">The calls.</param>
    /// <param name="run">The operation.</param>
    public static async ValueTask<T> RunAsync<T>(string operation, IReadOnlyList<Activity> causes, Func<ValueTask<T>> run)
    {
        var spans = new Stack<Activity>();
        foreach (var cause in causes.Reverse())
        {
            WorkFor(cause);
            if (cause.Recorded && Source.StartActivity($"store {operation}") is { } span)
            {
                spans.Push(span.SetTag("snakepit.store.operation", operation));
            }
        }

        try
        {
            return await run().ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            foreach (var span in spans)
            {
                span.SetStatus(ActivityStatusCode.Error, failure.Message).SetTag("error.type", failure.GetType().Name);
            }

            throw;
        }
        finally
        {
            foreach (var span in spans)
            {
                span.Dispose();
            }
        }
    }
}
