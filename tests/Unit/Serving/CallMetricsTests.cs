using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Rpc;
using Snakepit.Serving.Telemetry;
using Snakepit.Transport;

namespace Snakepit.Tests.Serving;

/// <summary>Durations of calls, however long they are kept, are all there for who collects and on the page.</summary>
public sealed class CallMetricsTests : IDisposable
{
    private const int Threads = 4;
    private const int CallsEach = 10_001;

    private readonly CallMetrics _calls = new();
    private readonly MeterListener _listener;
    private readonly ConcurrentQueue<double> _seconds = new();
    private readonly string _name = $"Method{Guid.NewGuid():N}";
    private readonly UnaryMethod<Empty, Empty> _method;
    private readonly IMethodObserver _observer;
    private long _recorded;
    private long _milliseconds;

    public CallMetricsTests()
    {
        _method = new UnaryMethod<Empty, Empty>("test.Service", _name, Empty.Parser, static (_, _) => throw new NotSupportedException());
        _observer = _calls.Of(_method);
        _listener = Listen();
    }

    public void Dispose()
    {
        _listener.Dispose();
        _calls.Dispose();
    }

    [Fact]
    public void A_collection_finds_the_calls_that_have_ended_before_it()
    {
        _observer.CallEnded(RpcCode.Ok, TimeSpan.FromMilliseconds(3));
        _listener.RecordObservableInstruments();
        Assert.Equal((1, 3), (_recorded, _milliseconds));
        _listener.RecordObservableInstruments();
        Assert.Equal(1, _recorded);
    }

    [Fact]
    public void Each_call_is_recorded_once_while_many_end_and_others_collect()
    {
        var ending = Enumerable.Range(0, Threads).Select(_ => new Thread(() =>
        {
            for (var n = 0; n < CallsEach; n++)
            {
                _observer.CallEnded(RpcCode.Ok, TimeSpan.FromMilliseconds(1));
            }
        })).ToList();
        ending.ForEach(static thread => thread.Start());
        while (ending.Exists(static thread => thread.IsAlive))
        {
            _listener.RecordObservableInstruments();
        }

        _listener.RecordObservableInstruments();
        Assert.Equal((Threads * CallsEach, Threads * CallsEach), (_recorded, _milliseconds));
    }

    [Fact]
    public void What_is_kept_at_the_end_is_recorded()
    {
        _observer.CallEnded(RpcCode.Unavailable, TimeSpan.FromMilliseconds(2));
        _calls.Dispose();
        Assert.Equal((1, 2), (_recorded, _milliseconds));
    }

    [Fact]
    public void Who_collects_has_the_buckets_and_the_sum_that_each_call_by_itself_would_make()
    {
        // Of the first bucket, at a bound, and such that no mean is a whole number of ticks.
        TimeSpan[] durations = [.. new[] { 1, 1_000, 1_001, 1_003, 1_007, 700_000_000 }.Select(static ticks => TimeSpan.FromTicks(ticks))];
        foreach (var duration in durations)
        {
            _observer.CallEnded(RpcCode.Ok, duration);
        }

        _listener.RecordObservableInstruments();
        Assert.Equal(durations.Select(Bucket).Order(), _seconds.Select(static seconds => Bucket(TimeSpan.FromSeconds(seconds))).Order());
        Assert.Equal(durations.Sum(static duration => duration.TotalSeconds), _seconds.Sum(), 1e-9);
    }

    [Fact]
    public void Who_begins_to_listen_late_is_not_told_of_what_was_before()
    {
        _listener.Dispose();
        _observer.CallEnded(RpcCode.Ok, TimeSpan.FromMilliseconds(3));
        using var late = Listen();
        _observer.CallEnded(RpcCode.Ok, TimeSpan.FromMilliseconds(5));
        late.RecordObservableInstruments();
        Assert.Equal((1, 5), (_recorded, _milliseconds));
    }

    [Fact]
    public void All_that_ended_is_in_the_sums_of_the_process_whoever_listens()
    {
        _listener.Dispose();
        _observer.CallEnded(RpcCode.Ok, TimeSpan.FromMilliseconds(3));
        _observer.CallEnded(RpcCode.Ok, TimeSpan.FromMilliseconds(20));
        _observer.CallEnded((RpcCode)99, TimeSpan.FromMinutes(2));
        var ok = CallMetrics.OfProcess()[(_method.FullName, RpcCode.Ok)];
        Assert.Equal(TimeSpan.FromMilliseconds(23), ok.Sum);
        Assert.Equal((1, 1), (ok.Count(Bucket(TimeSpan.FromMilliseconds(3))), ok.Count(Bucket(TimeSpan.FromMilliseconds(20)))));
        Assert.Equal(1, CallMetrics.OfProcess()[(_method.FullName, RpcCode.Unknown)].Count(DurationBuckets.Bounds.Length));
        _calls.Dispose();
        Assert.DoesNotContain((_method.FullName, RpcCode.Ok), CallMetrics.OfProcess().Keys);
    }

    private static int Bucket(TimeSpan duration) => DurationBuckets.Bounds.Count(bound => duration.TotalSeconds > bound);

    private MeterListener Listen()
    {
        var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == CallMetrics.MeterName)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>(Recorded);
        listener.Start();
        return listener;
    }

    private void Recorded(Instrument instrument, double seconds, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        foreach (var (key, value) in tags)
        {
            if (key == "rpc.method" && value is string method && method.EndsWith(_name, StringComparison.Ordinal))
            {
                _seconds.Enqueue(seconds);
                Interlocked.Increment(ref _recorded);
                Interlocked.Add(ref _milliseconds, (long)Math.Round(seconds * 1_000));
            }
        }
    }
}
