using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Snakepit.Serving.Logging;

/// <summary>
/// The loggers of what runs in the host. Grpc.AspNetCore has none: a call that fails is logged where it
/// fails, and what is left are the mistakes of callers, which get their status. Nor has the hosting that stands
/// before it: who could read what it logs of a request has it make a span and a scope of each.
/// </summary>
public sealed class FrameworkLoggers(ILoggerFactory loggers) : ILoggerFactory
{
    private const string RequestDiagnostics = "Microsoft.AspNetCore.Hosting.Diagnostics";

    public ILogger CreateLogger(string categoryName) =>
        categoryName.StartsWith("Grpc.", StringComparison.Ordinal) || categoryName == RequestDiagnostics ? NullLogger.Instance
        : IsOfFramework(categoryName) ? new Warnings(loggers.CreateLogger(categoryName))
        : loggers.CreateLogger(categoryName);

    // Orleans and what it is made of tell at length what they do; what an operator must know they warn of.
    private static bool IsOfFramework(string categoryName) =>
        categoryName.StartsWith("Microsoft.", StringComparison.Ordinal) ||
        categoryName.StartsWith("Orleans.", StringComparison.Ordinal);

    public void AddProvider(ILoggerProvider provider) => loggers.AddProvider(provider);

    /// <summary>The loggers belong to whoever gave them.</summary>
    public void Dispose()
    {
    }

    /// <summary>Without the lines on each request and each step of the host.</summary>
    private sealed class Warnings(ILogger logger) : ILogger
    {
        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning && logger.IsEnabled(logLevel);

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                logger.Log(logLevel, eventId, state, exception, formatter);
            }
        }
    }
}
