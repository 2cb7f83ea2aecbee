using System.Diagnostics.Tracing;
using Microsoft.Extensions.Logging;

namespace Snakepit.Serving.Telemetry;

/// <summary>
/// Tells the log when what is measured does not reach its collector, of which OpenTelemetry tells only those who listen to its
/// events: at once, and then once a minute as long as it lasts.
/// </summary>
internal sealed class ExportFailures : EventListener
{
    /// <summary>Where OpenTelemetry's exporter tells.</summary>
    public const string SourceName = "OpenTelemetry-Exporter-OpenTelemetryProtocol";

    private static readonly TimeSpan ToldAgainAfter = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Uri _collector;
    private readonly TimeProvider _time;

    // Null until it is made: the base class tells of sources before.
    private readonly ILogger? _logger;
    private long? _toldAt;

    /// <param name="collector">Where it is sent.</param>
    /// <param name="logger">Told.</param>
    /// <param name="time">The clock.</param>
    public ExportFailures(Uri collector, ILogger logger, TimeProvider time)
    {
        _collector = collector;
        _time = time;
        _logger = logger;
    }

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == SourceName)
        {
            EnableEvents(eventSource, EventLevel.Warning);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (_logger is not { } logger)
        {
            return;
        }

        lock (_gate)
        {
            if (_toldAt is { } last && _time.GetElapsedTime(last) < ToldAgainAfter)
            {
                return;
            }

            _toldAt = _time.GetTimestamp();
        }

        logger.NotExported(_collector, CauseOf(eventData));
    }

    /// <summary>The line of the exception, which is what tells most; else the event's own words.</summary>
    private static string CauseOf(EventWrittenEventArgs told)
    {
        var values = (told.Payload ?? []).Select(static value => $"{value}".Split('\n')[0].Trim()).ToArray();
        return values.FirstOrDefault(static value => value.Contains("Exception: ", StringComparison.Ordinal)) is { } exception
            ? exception[(exception.IndexOf("Exception: ", StringComparison.Ordinal) + "Exception: ".Length)..]
            : $"{told.EventName} {string.Join(' ', values)}";
    }
}
