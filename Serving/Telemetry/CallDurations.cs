using System.Diagnostics.Metrics;
using System.Runtime.InteropServices;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Serving.Telemetry;

/// <summary>
/// Durations of the calls that ended on one processor, by method and status. Safe from any thread, but nobody waits for another.
/// </summary>
/// <remarks>
/// A call that ends is noted, and counted with some hundred others: a count goes over a dozen lines of memory, which calls' other
/// work pushes out of the processor's caches, and a note over two or three.
/// </remarks>
/// <param name="histogram">Where they are recorded, if somebody listens.</param>
/// <param name="nameOf">A method's full name by its number.</param>
internal sealed class CallDurations(Histogram<double> histogram, Func<int, string> nameOf)
{
    // Counted and recorded at once they take some thirty microseconds.
    private const int MostNoted = 256;

    private readonly EndedCall[] _noted = new EndedCall[MostNoted];
    private readonly List<Kind> _kinds = [];

    // By the method's number and the status.
    private DurationBuckets?[][] _counted = [];
    private int _notes;
    private bool _isListenedTo;
    private Latch _latch;

    /// <summary>False = somebody else is at it: nothing was added.</summary>
    public bool TryAdd(in EndedCall call)
    {
        if (!_latch.TryTake())
        {
            return false;
        }

        try
        {
            // Who begins to listen is told of what comes from then on.
            if (histogram.Enabled != _isListenedTo)
            {
                Count();
                SkipRecording();
            }

            _noted[_notes++] = call;
            if (_notes == MostNoted)
            {
                Count();
            }

            return true;
        }
        finally
        {
            _latch.Release();
        }
    }

    /// <summary>Counts what was not counted yet, and records it in the histogram.</summary>
    public void CountAll()
    {
        _latch.Take();
        try
        {
            Count();
        }
        finally
        {
            _latch.Release();
        }
    }

    /// <summary>Adds what there is.</summary>
    public void AddTo(SortedDictionary<(string Method, RpcCode Status), DurationBuckets> all)
    {
        _latch.Take();
        try
        {
            Count();
            foreach (var (method, status, buckets) in _kinds)
            {
                if (!all.TryGetValue((method, status), out var sum))
                {
                    all.Add((method, status), sum = new DurationBuckets());
                }

                sum.Add(buckets);
            }
        }
        finally
        {
            _latch.Release();
        }
    }

    private void SkipRecording()
    {
        _isListenedTo = histogram.Enabled;
        _kinds.ForEach(static kind => kind.Buckets.SkipRecording());
    }

    private void Count()
    {
        // Whoever listens may throw: what is counted once is not counted again.
        var noted = _noted.AsSpan(0, _notes);
        _notes = 0;
        foreach (ref readonly var call in noted)
        {
            Counted(call).Add(call.Duration);
        }

        if (_isListenedTo)
        {
            foreach (var (method, status, buckets) in _kinds)
            {
                buckets.RecordIn(histogram, CallMetrics.Tags(method, status));
            }
        }
    }

    private DurationBuckets Counted(in EndedCall call)
    {
        for (var known = _counted.Length; known <= call.Method; known++)
        {
            Array.Resize(ref _counted, known + 1);
            _counted[known] = new DurationBuckets?[(int)RpcCode.Unauthenticated + 1];
        }

        // A code that gRPC does not have it takes for UNKNOWN.
        var statuses = _counted[call.Method];
        var status = (uint)call.Status < (uint)statuses.Length ? call.Status : RpcCode.Unknown;
        ref var buckets = ref statuses[(int)status];
        if (buckets is null)
        {
            buckets = new DurationBuckets();
            _kinds.Add(new Kind(nameOf(call.Method), status, buckets));
        }

        return buckets;
    }

    private sealed record Kind(string Method, RpcCode Status, DurationBuckets Buckets);

    // Where nobody waits it costs less than a lock. Behind it is room, so that no line of the cache has two processors' in it.
    [StructLayout(LayoutKind.Sequential, Size = 128)]
    private struct Latch
    {
        private int _isTaken;

        public bool TryTake() => Interlocked.Exchange(ref _isTaken, 1) == 0;

        public void Take()
        {
            var wait = default(SpinWait);
            while (!TryTake())
            {
                wait.SpinOnce();
            }
        }

        public void Release() => Volatile.Write(ref _isTaken, 0);
    }
}
