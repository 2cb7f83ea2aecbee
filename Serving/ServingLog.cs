using Microsoft.Extensions.Logging;

namespace Snakepit.Serving;

/// <summary>Every log event of this project. None carries a value.</summary>
internal static partial class ServingLog
{
    [LoggerMessage(1, LogLevel.Error, "the sweep of what has expired failed; it will be tried again")]
    public static partial void SweepFailed(this ILogger logger, Exception exception);

    [LoggerMessage(2, LogLevel.Warning, "what it said before stays in force: {Mistake}")]
    public static partial void AccessNotTaken(this ILogger logger, string mistake);

    [LoggerMessage(3, LogLevel.Information, "the access file {Path} was read again: {Principals} principals")]
    public static partial void AccessTaken(this ILogger logger, string path, int principals);

    [LoggerMessage(4, LogLevel.Information, "without a file of peer tokens the other gateways of the cluster cannot hand over calls of tools")]
    public static partial void NoPeerTokens(this ILogger logger);

    [LoggerMessage(5, LogLevel.Warning, "{Open}")]
    public static partial void Exposed(this ILogger logger, string open);

    [LoggerMessage(7, LogLevel.Warning, "{Mistyped}")]
    public static partial void Mistyped(this ILogger logger, string mistyped);

    [LoggerMessage(8, LogLevel.Warning, "metrics and traces do not reach the collector {Collector}: {Cause}")]
    public static partial void NotExported(this ILogger logger, Uri collector, string cause);

    [LoggerMessage(6, LogLevel.Information, "{Address} answers {Pages}")]
    public static partial void AdminListening(this ILogger logger, string address, string pages);
}
