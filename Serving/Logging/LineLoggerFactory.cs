using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Snakepit.Serving.Logging;

/// <summary>
/// Loggers that write lines to one output: all that a server of one process needs, without the container
/// and the configuration that the usual factory brings along.
/// </summary>
/// <param name="output">Where lines go; disposed with the factory.</param>
/// <param name="format">Their shape.</param>
/// <param name="least">Entries below it are not written.</param>
/// <param name="time">The clock of the entries.</param>
public sealed class LineLoggerFactory(LogOutput output, LogFormat format, LogLevel least, TimeProvider time) : ILoggerFactory
{
    private readonly ConcurrentDictionary<string, ILogger> _loggers = new(StringComparer.Ordinal);

    public ILogger CreateLogger(string categoryName) => _loggers.GetOrAdd(categoryName, Create);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("lines go to one output only");

    public void Dispose() => output.Dispose();

    private LineLogger Create(string category)
    {
        // What the framework has to say at information level tells about itself, not about sessions.
        var isOwn = category.StartsWith("Snakepit.", StringComparison.Ordinal);
        return new LineLogger(
            category, output, format, isOwn || least < LogLevel.Information ? least : Max(least, LogLevel.Warning), time);
    }

    private static LogLevel Max(LogLevel one, LogLevel other) => one > other ? one : other;
}
