using System.Diagnostics.Metrics;
using System.Runtime.InteropServices;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Serving.Telemetry;

/// <summary>Durations of a method's calls that ended on one processor, by status. Safe from any thread, but nobody waits for another.</summary>
/// <param name="method">The method's full name.</param>
/// <param name="histogram">Where they are recorded, if somebody listens.</param>
internal sealed class CallDurations(string method, Histogram<double> histogram)
{
    // Recorded at once they take a tenth of a millisecond.
    private const int MostUnrecorded = 1_024;

    private readonly DurationBuckets?[] _statuses = new DurationBuckets?[(int)RpcCode.Unauthenticated + 1];
    private Latch _latch;
    private bool _isListenedTo;
    private int _unrecorded;

    /// <summary>False = somebody else is at it: nothing was added.</summary>
    public bool TryAdd(RpcCode status, TimeSpan duration)
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
                SkipRecording();
            }

            Buckets(status).Add(duration);
            if (_isListenedTo && ++_unrecorded == MostUnrecorded)
            {
                Record();
            }

            return true;
        }
        finally
        {
            _latch.Release();
        }
    }

    /// <summary>Records in the histogram what was not recorded yet.</summary>
    public void RecordAll()
    {
        _latch.Take();
        try
        {
            if (_unrecorded > 0)
            {
                Record();
            }
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
            foreach (var (status, buckets) in Kinds())
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

    // A code that gRPC does not have it takes for UNKNOWN.
    private DurationBuckets Buckets(RpcCode status) =>
        _statuses[(uint)status < (uint)_statuses.Length ? (int)status : (int)RpcCode.Unknown] ??= new DurationBuckets();

    private IEnumerable<(RpcCode Status, DurationBuckets Buckets)> Kinds() =>
        from status in _statuses.Index()
        where status.Item is not null
        select ((RpcCode)status.Index, status.Item);

    private void SkipRecording()
    {
        (_isListenedTo, _unrecorded) = (histogram.Enabled, 0);
        foreach (var (_, buckets) in Kinds())
        {
            buckets.SkipRecording();
        }
    }

    private void Record()
    {
        _unrecorded = 0;
        foreach (var (status, buckets) in Kinds())
        {
            buckets.RecordIn(histogram, CallMetrics.Tags(method, status));
        }
    }

    // Where nobody waits it costs less than a lock. Alone on its line of the cache, and the next one's is on another.
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Latch
    {
        [FieldOffset(64)]
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
