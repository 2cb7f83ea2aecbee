using System.Diagnostics;

namespace Snakepit.Bench;

/// <summary>Drives a server with unary calls of which each is another, as many in flight as <see cref="H2Load"/> has.</summary>
internal sealed class RawLoad : IAsyncDisposable
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(30);

    private readonly IReadOnlyList<(byte[] Headers, byte[] Message)> _calls;
    private readonly List<RawConnection> _connections = [];
    private readonly List<Slot> _slots = [];
    private TaskCompletionSource? _idle;
    private long _answers;
    private long _failures;
    private int _busy;
    private bool _isOver;

    private RawLoad(IReadOnlyList<UnaryCall> calls)
    {
        var headers = calls.Select(Kind).Distinct().ToDictionary(kind => kind, kind => Http2Frame.CallHeaders(kind.Path, kind.TraceParent));
        _calls = [.. calls.Select(call => (headers[Kind(call)], Http2Frame.Message(call.Request)))];

        static (string Path, string? TraceParent) Kind(UnaryCall call) => (call.Path, call.TraceParent);
    }

    /// <summary>Connects; sends nothing yet.</summary>
    /// <param name="port">The server's.</param>
    /// <param name="calls">What is drawn from at random.</param>
    public static async Task<RawLoad> OpenAsync(int port, IReadOnlyList<UnaryCall> calls)
    {
        var load = new RawLoad(calls);
        for (var n = 0; n < H2Load.Connections; n++)
        {
            var connection = await RawConnection.OpenAsync(port);
            load._connections.Add(connection);
            for (var call = 0; call < H2Load.CallsPerConnection; call++)
            {
                load._slots.Add(new Slot(load, connection, seed: load._slots.Count));
            }
        }

        return load;
    }

    /// <summary>Sends calls drawn at random; fails if one was not answered with a message.</summary>
    /// <returns>Answers a second, and the processor time that the server used for one.</returns>
    public static async Task<(double Rate, TimeSpan Cpu)> RunAsync(MeasuredServer server, IReadOnlyList<UnaryCall> calls, int seconds)
    {
        await using var load = await OpenAsync(server.Port, calls);
        await load.RunAsync(WarmUp);
        var (cpu, began) = (server.ProcessorTime, Stopwatch.GetTimestamp());
        var answers = await load.RunAsync(TimeSpan.FromSeconds(seconds));
        return (answers / Stopwatch.GetElapsedTime(began).TotalSeconds, (server.ProcessorTime - cpu) / answers);
    }

    /// <summary>Makes calls for that long; fails if one was not answered with a message, or not within half a minute.</summary>
    /// <returns>How many there were. All are answered: nothing is on its way.</returns>
    public async Task<long> RunAsync(TimeSpan duration)
    {
        var before = _answers;
        _isOver = false;
        _busy = _slots.Count;
        _idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _slots.ForEach(static slot => slot.Begin());
        foreach (var connection in _connections)
        {
            await connection.FlushAsync();
        }

        await Task.Delay(duration);
        Volatile.Write(ref _isOver, true);
        await _idle.Task.WaitAsync(LongestAnswer);
        return _failures == 0 ? _answers - before : throw new InvalidOperationException($"{_failures} calls failed");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections)
        {
            await connection.DisposeAsync();
        }
    }

    /// <summary>One call after the other.</summary>
    private sealed class Slot(RawLoad load, RawConnection connection, int seed) : RawCall
    {
        private readonly Random _random = new(seed);
        private bool _isAnswered;

        public void Begin()
        {
            _isAnswered = false;
            var (headers, message) = load._calls[_random.Next(load._calls.Count)];
            connection.Begin(this, headers, message);
        }

        protected override void Arrived() => _isAnswered = true;

        protected override void Ended()
        {
            if (!_isAnswered)
            {
                Interlocked.Increment(ref load._failures);
            }

            Interlocked.Increment(ref load._answers);
            if (!Volatile.Read(ref load._isOver))
            {
                Begin();
            }
            else if (Interlocked.Decrement(ref load._busy) == 0)
            {
                load._idle!.SetResult();
            }
        }
    }
}
