using System.Diagnostics;
using System.Diagnostics.Metrics;
using Snakepit.Protocol.Rpc;
using Snakepit.Transport;

namespace Snakepit.Serving.Telemetry;

/// <summary>
/// Durations of calls, by method and status: `rpc.server.call.duration` of OpenTelemetry's semantic conventions for RPC.
/// </summary>
public sealed class CallMetrics : ICallObserver, IDisposable
{
    private readonly Meter _meter = new("Snakepit.Calls");
    private readonly Histogram<double> _duration;

    public CallMetrics() => _duration = _meter.CreateHistogram<double>(
        "rpc.server.call.duration", "s", "Duration of calls, from the arrival of their headers until their status is settled.");

    public void CallEnded(RpcMethod method, RpcCode status, TimeSpan duration)
    {
        if (_duration.Enabled)
        {
            _duration.Record(
                duration.TotalSeconds,
                new TagList { { "rpc.system.name", "grpc" }, { "rpc.method", method.FullName }, { "rpc.response.status_code", status.Name() } });
        }
    }

    public void Dispose() => _meter.Dispose();
}
