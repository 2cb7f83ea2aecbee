using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Snakepit.Protocol.Rpc;
using Snakepit.Transport;

namespace Snakepit.Serving.Telemetry;

/// <summary>
/// Durations of calls, by method and status: `rpc.server.call.duration` of OpenTelemetry's semantic conventions for RPC.
/// </summary>
/// <remarks>
/// Each processor counts its own. The page of metrics reads those counts; whoever else listens is told of many calls at once, and of
/// what is left when it collects, each as the mean of its bucket: the buckets and the sum are the same. Told of each as it ends, two
/// processors would wait for each other.
/// </remarks>
public sealed class CallMetrics : ICallObserver, IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Snakepit.Calls";

    /// <summary>The metric's name.</summary>
    public const string Name = "rpc.server.call.duration";

    /// <summary>What it is.</summary>
    public const string Description = "Duration of calls, from the arrival of their headers until their status is settled.";

    // Of all servers of the process, as meters are.
    private static ImmutableList<CallMetrics> _all = [];

    private readonly Meter _meter = new(MeterName);
    private readonly CallDurations[] _processors;

    public CallMetrics()
    {
        var duration = _meter.CreateHistogram<double>(Name, "s", Description);
        _processors = new CallDurations[Environment.ProcessorCount];
        for (var n = 0; n < _processors.Length; n++)
        {
            _processors[n] = new CallDurations(duration);
        }

        // Measures nothing: it is asked before a collection takes what is recorded.
        _meter.CreateObservableCounter<long>("snakepit.calls.kept", Record);
        ImmutableInterlocked.Update(ref _all, static (all, one) => all.Add(one), this);
    }

    public void CallEnded(RpcMethod method, RpcCode status, TimeSpan duration)
    {
        // Who is at this processor's may be recording, or have lost the processor to this thread: there are the others'.
        var wait = default(SpinWait);
        for (var n = Thread.GetCurrentProcessorId() % _processors.Length; !_processors[n].TryAdd(method, status, duration);)
        {
            n = (n + 1) % _processors.Length;
            wait.SpinOnce();
        }
    }

    public void Dispose()
    {
        ImmutableInterlocked.Update(ref _all, static (all, one) => all.Remove(one), this);
        Record();
        _meter.Dispose();
    }

    /// <summary>The durations of all calls that the present servers of this process have served, by method and status.</summary>
    internal static IReadOnlyDictionary<(string Method, RpcCode Status), DurationBuckets> OfProcess()
    {
        SortedDictionary<(string Method, RpcCode Status), DurationBuckets> all = [];
        foreach (var durations in _all.SelectMany(static one => one._processors))
        {
            durations.AddTo(all);
        }

        return all;
    }

    /// <summary>What tells calls of one kind from the others, in the order in which the page has labels.</summary>
    internal static KeyValuePair<string, object?>[] Tags(string method, RpcCode status) =>
    [
        new("rpc.method", method),
        new("rpc.response.status_code", status.Name()),
        new("rpc.system.name", "grpc"),
    ];

    private IEnumerable<Measurement<long>> Record()
    {
        foreach (var durations in _processors)
        {
            durations.RecordAll();
        }

        return [];
    }
}
