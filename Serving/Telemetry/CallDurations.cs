using System.Diagnostics.Metrics;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Serving.Telemetry;

/// <summary>Durations of calls that are to be recorded together. Added to by one thread at a time as a rule, by all at a pinch.</summary>
/// <param name="histogram">Where they are recorded.</param>
internal sealed class CallDurations(Histogram<double> histogram)
{
    private const int Most = 64;

    private readonly Lock _gate = new();
    private readonly CallDuration[] _kept = new CallDuration[Most];
    private int _count;

    public void Add(in CallDuration call)
    {
        // Who has the gate may be recording, or have lost its processor to this thread: nobody waits for it.
        if (!_gate.TryEnter())
        {
            Record(call);
            return;
        }

        try
        {
            _kept[_count++] = call;
            if (_count == Most)
            {
                RecordKept();
            }
        }
        finally
        {
            _gate.Exit();
        }
    }

    public void RecordAll()
    {
        lock (_gate)
        {
            RecordKept();
        }
    }

    private void RecordKept()
    {
        // Whoever listens may throw: what is recorded once is not recorded again.
        var count = _count;
        _count = 0;
        foreach (ref readonly var call in _kept.AsSpan(0, count))
        {
            Record(call);
        }
    }

    private void Record(in CallDuration call) => histogram.Record(
        call.Duration.TotalSeconds,
        new("rpc.system.name", "grpc"),
        new("rpc.method", call.Method.FullName),
        new("rpc.response.status_code", call.Status.Name()));
}

/// <summary>How long a call took, and how it ended.</summary>
internal readonly record struct CallDuration(RpcMethod Method, RpcCode Status, TimeSpan Duration);
