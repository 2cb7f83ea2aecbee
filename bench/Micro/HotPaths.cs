using System.Buffers;
using BenchmarkDotNet.Attributes;
using Google.Protobuf;
using Snakepit.Transport;

namespace Snakepit.Bench.Micro;

/// <summary>What is done for each call and each update, without sockets.</summary>
[MemoryDiagnoser]
public class HotPaths : IAsyncDisposable
{
    /// <summary>Those that see each change of <see cref="FanOut"/>.</summary>
    public const int Watchers = 1_000;

    private readonly ArrayBufferWriter<byte> _output = new();
    private readonly MeasuredSession _session = new();
    private readonly MeasuredSession _watched = new();
    private readonly IMessage _answer;
    private readonly WatchCrowd _crowd;

    public HotPaths()
    {
        _answer = _session.Get();
        _crowd = new WatchCrowd(_watched, MeasuredSession.WatchRequest, Watchers);
    }

    /// <summary>From a parsed request to its answer: one variable of ten.</summary>
    [Benchmark]
    public object Get() => _session.Get();

    /// <summary>From a parsed request to its answer, stored in memory.</summary>
    [Benchmark]
    public object Set() => _session.Set();

    /// <summary>The same of ten variables at once.</summary>
    [Benchmark]
    public object Commit() => _session.SetAll();

    /// <summary>The answer of <see cref="Get"/> as a frame in the connection's buffer.</summary>
    [Benchmark]
    public int Encode()
    {
        _output.ResetWrittenCount();
        Framing.WriteMessage(_output, _answer, gzip: false);
        return _output.WrittenCount;
    }

    /// <summary>One update of the thousand that a set leads to, and its share of the set.</summary>
    [Benchmark(OperationsPerInvoke = Watchers)]
    public void FanOut()
    {
        _crowd.Expect();
        _watched.Set();
        _crowd.Await();
    }

    /// <summary>One of a thousand watches of a variable, from its request and the value that there is to its end.</summary>
    [Benchmark(OperationsPerInvoke = Watchers)]
    public void Watch() =>
        new WatchCrowd(_session, MeasuredSession.WatchOneRequest, Watchers, initialMessages: 2).DisposeAsync().AsTask().GetAwaiter().GetResult();

    [GlobalCleanup]
    public async ValueTask DisposeAsync()
    {
        await _crowd.DisposeAsync();
        await _watched.DisposeAsync();
        await _session.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
