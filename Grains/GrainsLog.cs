using Microsoft.Extensions.Logging;
using Snakepit.Sessions;

namespace Snakepit.Grains;

/// <summary>Every log event of this project. None carries a value.</summary>
internal static partial class GrainsLog
{
    [LoggerMessage(1, LogLevel.Error, "the store failed session {Session}: {Cause}")]
    public static partial void StoreFailed(this ILogger logger, SessionKey session, string cause, Exception? exception);

    [LoggerMessage(2, LogLevel.Warning, "a change of session {Session} could not be announced, its watchers will find it in the log: {Cause}")]
    public static partial void AnnouncementFailed(this ILogger logger, SessionKey session, string cause);

    [LoggerMessage(3, LogLevel.Error, "the sweep of what has expired failed; it will be tried again")]
    public static partial void SweepFailed(this ILogger logger, Exception exception);

    [LoggerMessage(4, LogLevel.Information, "{Count} calculations expired")]
    public static partial void CalculationsExpired(this ILogger logger, int count);

    [LoggerMessage(5, LogLevel.Error, "the store failed calculation {Token}; its operation may have been carried out all the same")]
    public static partial void CalculationStoreFailed(this ILogger logger, string token, Exception exception);
}
