using System.Net;
using Microsoft.Extensions.Logging;

namespace Snakepit.Transport;

/// <summary>Every log event of this project.</summary>
internal static partial class TransportLog
{
    [LoggerMessage(1, LogLevel.Information, "listening on {EndPoint}")]
    public static partial void Listening(this ILogger logger, IPEndPoint endPoint);

    [LoggerMessage(2, LogLevel.Information, "no new calls; calls in flight get {Grace}")]
    public static partial void Draining(this ILogger logger, TimeSpan grace);

    [LoggerMessage(3, LogLevel.Error, "{Path} failed, correlation id {CorrelationId}")]
    public static partial void CallFailed(this ILogger logger, string path, string correlationId, Exception exception);

    [LoggerMessage(4, LogLevel.Error, "{Path} failed after its deadline had ended the call")]
    public static partial void FailedAfterDeadline(this ILogger logger, string path, Exception exception);

    [LoggerMessage(5, LogLevel.Error, "a callback on the cancellation of {Path} failed")]
    public static partial void CancellationCallbackFailed(this ILogger logger, string path, Exception exception);
}
