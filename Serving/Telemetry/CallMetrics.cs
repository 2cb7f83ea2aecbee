using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Snakepit.Protocol.Rpc;
using Snakepit.Transport;

namespace Snakepit.Serving.Telemetry;

/// <summary>
/// Durations of calls, by method and status: `rpc.server.call.duration` of OpenTelemetry's semantic conventions for RPC.
/// </summary>
/// <remarks>
/// They are counted by <see cref="CallDurations"/>. The page of metrics reads those counts; whoever else listens is told of many
/// calls at once, and of what is left when it collects, each as the mean of its bucket: the buckets and the sum are the same.
/// </remarks>
public sealed class CallMetrics : ICallObserver, IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Snakepit.Calls";

    /// <summary>The metric's name.</summary>
    public const string Name = "rpc.server.call.duration";

    /// <summary>What it is.</summary>
    public const string Description = "Duration of calls, from the arrival of their headers until their status is settled.";

    // What the conventions have for methods that a server does not know: their names are their callers', and without number.
    private const string UnknownMethod = "_OTHER";

    // Of all servers of the process, as meters are.
    private static ImmutableList<CallMetrics> _all = [];

    private readonly Meter _meter = new(MeterName);
    private readonly CallDurations[] _processors = new CallDurations[Environment.ProcessorCount];
    private readonly Lock _naming = new();

    // By their numbers. Written within the lock.
    private ImmutableArray<string> _names = [];

    public CallMetrics()
    {
        var histogram = _meter.CreateHistogram<double>(Name, "s", Description);
        foreach (ref var processor in _processors.AsSpan())
        {
            processor = new CallDurations(histogram, method => _names[method]);
        }

        OfUnknown = Of(UnknownMethod);

        // Measures nothing: it is asked before a collection takes what is recorded.
        _meter.CreateObservableCounter<long>("snakepit.calls.kept", Record);
        ImmutableInterlocked.Update(ref _all, static (all, one) => all.Add(one), this);
    }

    public IMethodObserver OfUnknown { get; }

    public IMethodObserver Of(RpcMethod method) => Of(method.FullName);

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

    private MethodDurations Of(string method)
    {
        lock (_naming)
        {
            var number = _names.IndexOf(method, StringComparer.Ordinal);
            if (number < 0)
            {
                number = _names.Length;
                _names = _names.Add(method);
            }

            return new MethodDurations(number, _processors);
        }
    }

    private IEnumerable<Measurement<long>> Record()
    {
        foreach (var durations in _processors)
        {
            durations.CountAll();
        }

        return [];
    }
}
