using Snakepit.Transport;

namespace Snakepit.Serving.Logging;

/// <summary>Which call a log entry belongs to, as others know it.</summary>
/// <param name="TraceId">Of its trace, 32 hexadecimal digits; null = its caller has named none and nobody records one.</param>
/// <param name="SpanId">Of the span in which it was logged, where that is recorded, else of its caller's, 16 hexadecimal digits.</param>
/// <param name="CorrelationId">What its caller called it; null = nothing.</param>
internal sealed record LogCause(string? TraceId, string? SpanId, string? CorrelationId)
{
    /// <summary>That of what the thread is doing; null where there is nothing to say of it.</summary>
    public static LogCause? Present => (TraceContext.Cause, TraceContext.CorrelationId) switch
    {
        (null, null) => null,
        (var cause, var correlation) => new LogCause(cause?.TraceId.ToHexString(), cause?.SpanId.ToHexString(), correlation),
    };
}
