using System.Diagnostics.Metrics;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Rpc;
using Snakepit.Serving.Telemetry;

namespace Snakepit.Tests.Serving;

/// <summary>Durations of calls that are kept for a while are all there for who collects.</summary>
public sealed class CallMetricsTests : IDisposable
{
    private const int Threads = 4;
    private const int CallsEach = 10_001;

    private readonly CallMetrics _calls = new();
    private readonly MeterListener _listener = new();
    private readonly string _name = $"Method{Guid.NewGuid():N}";
    private readonly UnaryMethod<Empty, Empty> _method;
    private long _recorded;
    private long _milliseconds;

    public CallMetricsTests()
    {
        _method = new UnaryMethod<Empty, Empty>("test.Service", _name, Empty.Parser, static (_, _) => throw new NotSupportedException());
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Snakepit.Calls")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<double>(Recorded);
        _listener.Start();
    }

    public void Dispose()
    {
        _listener.Dispose();
        _calls.Dispose();
    }

    [Fact]
    public void A_collection_finds_the_calls_that_have_ended_before_it()
    {
        _calls.CallEnded(_method, RpcCode.Ok, TimeSpan.FromMilliseconds(3));
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
                _calls.CallEnded(_method, RpcCode.Ok, TimeSpan.FromMilliseconds(1));
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
        _calls.CallEnded(_method, RpcCode.Unavailable, TimeSpan.FromMilliseconds(2));
        _calls.Dispose();
        Assert.Equal((1, 2), (_recorded, _milliseconds));
    }

    private void Recorded(Instrument instrument, double seconds, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        foreach (var (key, value) in tags)
        {
            if (key == "rpc.method" && value is string method && method.EndsWith(_name, StringComparison.Ordinal))
            {
                Interlocked.Increment(ref _recorded);
                Interlocked.Add(ref _milliseconds, (long)Math.Round(seconds * 1_000));
            }
        }
    }
}
