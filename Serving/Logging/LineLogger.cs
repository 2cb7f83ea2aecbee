using Microsoft.Extensions.Logging;

namespace Snakepit.Serving.Logging;

/// <summary>The logger of one category. Has no scopes: each entry says all it needs.</summary>
internal sealed class LineLogger(
    string category, LogOutput output, LogFormat format, LogLevel least, TimeProvider time) : ILogger
{
    public bool IsEnabled(LogLevel logLevel) => logLevel >= least && logLevel != LogLevel.None;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }

        var entry = new LogEntry(
            time.GetUtcNow(),
            logLevel,
            category,
            eventId.Name,
            formatter(state, exception),
            state as IReadOnlyList<KeyValuePair<string, object?>> ?? [],
            exception,
            LogCause.Present);
        output.Write(format == LogFormat.Json ? JsonLine.Of(entry) : TextLine.Of(entry));
    }
}
