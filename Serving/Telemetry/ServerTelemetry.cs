using Microsoft.Extensions.Logging;
using Snakepit.Transport;

namespace Snakepit.Serving.Telemetry;

/// <summary>What a server measures of itself, and carries out to those who collect it.</summary>
public sealed class ServerTelemetry : IDisposable
{
    private readonly TelemetryExport? _export;
    private readonly CallMetrics _calls = new();

    private ServerTelemetry(TelemetryExport? export) => _export = export;

    /// <summary>Sees the calls of the server.</summary>
    public ICallObserver Calls => _calls;

    /// <summary>What there is in the server, for it to say.</summary>
    public ServerGauges Gauges { get; } = new();

    /// <summary>Null where none was asked for.</summary>
    public MetricsPage? Page => _export?.Page;

    /// <summary>Begins; null where nobody asks for anything.</summary>
    /// <param name="service">The name of the executable, as `snakepit`.</param>
    /// <param name="options">Who asks for what.</param>
    /// <param name="loggers">Told when what is sent does not arrive.</param>
    /// <param name="time">The clock.</param>
    /// <param name="exports">False = another server of this process carries out what this one measures.</param>
    public static ServerTelemetry? Start(string service, TelemetryOptions options, ILoggerFactory loggers, TimeProvider time, bool exports = true) =>
        options.IsAsked ? new ServerTelemetry(exports ? new TelemetryExport(service, options, loggers, time) : null) : null;

    public void Dispose()
    {
        Gauges.Dispose();
        _calls.Dispose();
        _export?.Dispose();
    }
}
