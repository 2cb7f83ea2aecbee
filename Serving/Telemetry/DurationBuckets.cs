using System.Diagnostics.Metrics;

namespace Snakepit.Serving.Telemetry;

/// <summary>
/// Durations of one kind, as a histogram has them: how many lie in each bucket, and their sum. Used by one thread at a time.
/// </summary>
internal sealed class DurationBuckets
{
    /// <summary>
    /// The upper bounds for durations of calls and of what they are made of, in seconds: from a cached read to a stuck disk. Beyond
    /// the last is one bucket more.
    /// </summary>
    public static readonly double[] Bounds =
        [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60];

    private static readonly long[] BoundTicks = [.. Bounds.Select(static bound => TimeSpan.FromSeconds(bound).Ticks)];

    private readonly Bucket[] _buckets = new Bucket[Bounds.Length + 1];

    /// <summary>How many lie in a bucket.</summary>
    public long Count(int bucket) => _buckets[bucket].Count;

    /// <summary>All of them together.</summary>
    public TimeSpan Sum => TimeSpan.FromTicks(_buckets.Sum(static bucket => bucket.Ticks));

    public void Add(TimeSpan duration)
    {
        var (ticks, n) = (duration.Ticks, 0);
        while (n < BoundTicks.Length && ticks > BoundTicks[n])
        {
            n++;
        }

        ref var bucket = ref _buckets[n];
        bucket.Count++;
        bucket.Ticks += ticks;
    }

    public void Add(DurationBuckets others)
    {
        for (var n = 0; n < _buckets.Length; n++)
        {
            _buckets[n].Count += others._buckets[n].Count;
            _buckets[n].Ticks += others._buckets[n].Ticks;
        }
    }

    /// <summary>
    /// Records in a histogram of these bounds what was not recorded yet, each as the mean of those in its bucket: it comes to the same
    /// numbers and the same sum.
    /// </summary>
    public void RecordIn(Histogram<double> histogram, KeyValuePair<string, object?>[] tags)
    {
        foreach (ref var bucket in _buckets.AsSpan())
        {
            // Whoever listens may throw: what is recorded once is not recorded again.
            var (count, ticks) = bucket.TakeUnrecorded();
            if (count == 0)
            {
                continue;
            }

            // Rounded up as often as the sum asks for: both lie between the least and the greatest of them.
            var (mean, rest) = Math.DivRem(ticks, count);
            for (long n = 0; n < count; n++)
            {
                histogram.Record(TimeSpan.FromTicks(n < rest ? mean + 1 : mean).TotalSeconds, tags);
            }
        }
    }

    /// <summary>What is here by now will not be recorded.</summary>
    public void SkipRecording()
    {
        foreach (ref var bucket in _buckets.AsSpan())
        {
            bucket.TakeUnrecorded();
        }
    }

    private struct Bucket
    {
        public long Count;
        public long Ticks;
        private long _recordedCount;
        private long _recordedTicks;

        public (long Count, long Ticks) TakeUnrecorded()
        {
            var unrecorded = (Count - _recordedCount, Ticks - _recordedTicks);
            (_recordedCount, _recordedTicks) = (Count, Ticks);
            return unrecorded;
        }
    }
}
