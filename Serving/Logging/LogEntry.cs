using Microsoft.Extensions.Logging;

namespace Snakepit.Serving.Logging;

/// <summary>One thing that was logged.</summary>
/// <param name="Time">When.</param>
/// <param name="Level">How grave.</param>
/// <param name="Category">Who logged it: the full name of a type.</param>
/// <param name="Event">The event's name, where it has one.</param>
/// <param name="Message">The sentence, its fields filled in.</param>
/// <param name="Fields">The fields, with the sentence's template under `{OriginalFormat}`.</param>
/// <param name="Exception">What went wrong, if that is what it is about.</param>
/// <param name="Cause">The call it belongs to; null = none, or one of which no trace is kept.</param>
internal sealed record LogEntry(
    DateTimeOffset Time,
    LogLevel Level,
    string Category,
    string? Event,
    string Message,
    IReadOnlyList<KeyValuePair<string, object?>> Fields,
    Exception? Exception,
    LogCause? Cause = null)
{
    public string LevelName => Level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warning",
        _ => "error",
    };
}
