using System.Diagnostics;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Serving.Logging;

/// <summary>Which call a log entry belongs to, where traces are kept.</summary>
/// <param name="TraceId">Of its trace, 32 hexadecimal digits.</param>
/// <param name="SpanId">Of the span in which it was logged, 16 hexadecimal digits.</param>
/// <param name="CorrelationId">What its caller called it; null = nothing.</param>
internal sealed record LogCause(string TraceId, string SpanId, string? CorrelationId)
{
    /// <summary>That of what the thread is doing; null where no trace of it is kept.</summary>
    public static LogCause? Present => Activity.Current is { IdFormat: ActivityIdFormat.W3C, Recorded: true } span
        ? new LogCause(span.TraceId.ToHexString(), span.SpanId.ToHexString(), span.GetBaggageItem(RpcHeaders.Correlation))
        : null;
}
