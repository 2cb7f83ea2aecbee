using Microsoft.Extensions.Logging;

namespace Snakepit.Storage;

/// <summary>Every log event of this project. None carries a value.</summary>
internal static partial class StorageLog
{
    [LoggerMessage(1, LogLevel.Warning, "{Server} runs with {Setting} off: what was acknowledged can be lost when its machine fails")]
    public static partial void ServerIsNotDurable(this ILogger logger, string server, string setting);

    [LoggerMessage(2, LogLevel.Information, "The schema {Schema} of {Server} was migrated to version {Version}")]
    public static partial void SchemaMigrated(this ILogger logger, string schema, string server, int version);

    [LoggerMessage(3, LogLevel.Warning, "{Commits} commits were not stored; outcome unknown: {OutcomeUnknown}. {Cause}")]
    public static partial void CommitsFailed(this ILogger logger, int commits, bool outcomeUnknown, string cause);

    [LoggerMessage(4, LogLevel.Warning, "What ended sessions left behind is removed later: {Cause}")]
    public static partial void RemovalFailed(this ILogger logger, string cause);

    [LoggerMessage(5, LogLevel.Debug, "The sessions were not counted anew: {Cause}")]
    public static partial void CountFailed(this ILogger logger, string cause);
}
