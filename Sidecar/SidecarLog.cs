using Microsoft.Extensions.Logging;
using Snakepit.Sessions;

namespace Snakepit.Sidecar;

/// <summary>Every log event of this project. None carries a value.</summary>
internal static partial class SidecarLog
{
    [LoggerMessage(1, LogLevel.Information, "serving on port {Port}, {Sessions} sessions, kept in {Store}")]
    public static partial void Serving(this ILogger logger, int port, long sessions, string store);

    [LoggerMessage(2, LogLevel.Information, "stopped")]
    public static partial void Stopped(this ILogger logger);

    [LoggerMessage(3, LogLevel.Error, "the store failed session {Session}")]
    public static partial void StoreFailed(this ILogger logger, SessionKey session, Exception exception);

    [LoggerMessage(4, LogLevel.Information, "{Count} calculations expired")]
    public static partial void CalculationsExpired(this ILogger logger, int count);
}
