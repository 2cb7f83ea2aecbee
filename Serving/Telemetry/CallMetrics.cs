using System.Diagnostics.Metrics;
using Snakepit.Protocol.Rpc;
using Snakepit.Transport;

namespace Snakepit.Serving.Telemetry;

/// <summary>
/// Durations of calls, by method and status: `rpc.server.call.duration` of OpenTelemetry's semantic conventions for RPC.
/// </summary>
/// <remarks>
/// Each processor keeps those of its calls for a while and records them together: recorded one by one, two processors would
/// wait for each other at the histogram at each call. Who collects what the meter has to be asked for, too, sees them all.
/// </remarks>
public sealed class CallMetrics : ICallObserver, IDisposable
{
    private readonly Meter _meter = new("Snakepit.Calls");
    private readonly Histogram<double> _duration;
    private readonly CallDurations[] _kept;

    public CallMetrics()
    {
        _duration = _meter.CreateHistogram<double>(
            "rpc.server.call.duration", "s", "Duration of calls, from the arrival of their headers until their status is settled.");
        _kept = new CallDurations[Environment.ProcessorCount];
        for (var n = 0; n < _kept.Length; n++)
        {
            _kept[n] = new CallDurations(_duration);
        }

        // Measures nothing: it is asked before a collection takes what is recorded.
        _meter.CreateObservableCounter<long>("snakepit.calls.kept", RecordKept);
    }

    public void CallEnded(RpcMethod method, RpcCode status, TimeSpan duration)
    {
        if (_duration.Enabled)
        {
            _kept[Thread.GetCurrentProcessorId() % _kept.Length].Add(new CallDuration(method, status, duration));
        }
    }

    public void Dispose()
    {
        RecordKept();
        _meter.Dispose();
    }

    private IEnumerable<Measurement<long>> RecordKept()
    {
        foreach (var kept in _kept)
        {
            kept.RecordAll();
        }

        return [];
    }
}
