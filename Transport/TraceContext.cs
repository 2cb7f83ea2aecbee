using System.Diagnostics;

namespace Snakepit.Transport;

/// <summary>
/// What others know the present work by: W3C's trace context, with which whatever is called meanwhile goes on, and what the
/// caller called it. A caller's is kept where nobody here records spans, too: it goes on as it came.
/// </summary>
public static class TraceContext
{
    public const string ParentHeader = "traceparent";
    public const string StateHeader = "tracestate";

    /// <summary>The span that is the cause of what is called now: the present one, where it is recorded here, else the caller's. Null = nobody knows any.</summary>
    public static ActivityContext? Cause => Of(Activity.Current);

    /// <summary>What the caller called its call; null = nothing.</summary>
    public static string? CorrelationId => Activity.Current?.GetBaggageItem(CallTracing.CorrelationKey);

    /// <summary>Writes the cause among metadata, over what is there. No effect where there is none.</summary>
    public static void AddTo(IDictionary<string, string> metadata)
    {
        if (Cause is { } cause)
        {
            metadata[ParentHeader] = TextOf(cause);
            if (cause.TraceState is { Length: > 0 } state)
            {
                metadata[StateHeader] = state;
            }
            else
            {
                metadata.Remove(StateHeader);
            }
        }
    }

    internal static ActivityContext? Of(Activity? span) => span switch
    {
        { IdFormat: ActivityIdFormat.W3C, Recorded: true, Source.Name.Length: > 0 } => span.Context,
        { IdFormat: ActivityIdFormat.W3C } when span.ParentSpanId != default =>
            new ActivityContext(span.TraceId, span.ParentSpanId, span.ActivityTraceFlags, span.TraceStateString),
        _ => null,
    };

    /// <summary>As a header has it.</summary>
    internal static string TextOf(ActivityContext context) =>
        $"00-{context.TraceId.ToHexString()}-{context.SpanId.ToHexString()}-{(context.TraceFlags.HasFlag(ActivityTraceFlags.Recorded) ? "01" : "00")}";
}
