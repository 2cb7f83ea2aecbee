using Microsoft.Extensions.Logging;

namespace Snakepit.Serving;

/// <summary>Every log event of this project. None carries a value.</summary>
internal static partial class ServingLog
{
    [LoggerMessage(1, LogLevel.Error, "the sweep of what has expired failed; it will be tried again")]
    public static partial void SweepFailed(this ILogger logger, Exception exception);

    [LoggerMessage(2, LogLevel.Warning, "{Open}")]
    public static partial void Exposed(this ILogger logger, string open);
}
