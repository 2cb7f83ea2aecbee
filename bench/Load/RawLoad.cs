using System.Diagnostics;

namespace Snakepit.Bench;

/// <summary>Drives a server with unary calls of which each is another, as many in flight as <see cref="H2Load"/> has.</summary>
internal sealed class RawLoad
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    private readonly IReadOnlyList<(byte[] Headers, byte[] Message)> _calls;
    private long _answers;
    private long _failures;
    private bool _isOver;

    private RawLoad(IReadOnlyList<UnaryCall> calls)
    {
        var headers = calls.Select(call => call.Path).Distinct().ToDictionary(path => path, Http2Frame.CallHeaders);
        _calls = [.. calls.Select(call => (headers[call.Path], Http2Frame.Message(call.Request)))];
    }

    /// <summary>Sends calls drawn at random; fails if one was not answered with a message.</summary>
    /// <returns>Answers a second, and the processor time that the server used for one.</returns>
    public static Task<(double Rate, TimeSpan Cpu)> RunAsync(MeasuredServer server, IReadOnlyList<UnaryCall> calls, int seconds) =>
        RunAsync(server, server.Port, calls, seconds);

    /// <summary>The same at another port of the server's.</summary>
    public static async Task<(double Rate, TimeSpan Cpu)> RunAsync(
        MeasuredServer server, int port, IReadOnlyList<UnaryCall> calls, int seconds)
    {
        var load = new RawLoad(calls);
        List<RawConnection> connections = [];
        for (var n = 0; n < H2Load.Connections; n++)
        {
            var connection = await RawConnection.OpenAsync(port);
            connections.Add(connection);
            for (var call = 0; call < H2Load.CallsPerConnection; call++)
            {
                new Slot(load, connection, seed: (n * H2Load.CallsPerConnection) + call).Begin();
            }

            await connection.FlushAsync();
        }

        await Task.Delay(WarmUp);
        var before = (Answers: Volatile.Read(ref load._answers), Cpu: server.ProcessorTime, At: Stopwatch.GetTimestamp());
        await Task.Delay(TimeSpan.FromSeconds(seconds));
        var answers = Volatile.Read(ref load._answers) - before.Answers;
        var elapsed = Stopwatch.GetElapsedTime(before.At);
        var cpu = server.ProcessorTime - before.Cpu;
        Volatile.Write(ref load._isOver, true);
        foreach (var connection in connections)
        {
            await connection.DisposeAsync();
        }

        return load._failures == 0
            ? (answers / elapsed.TotalSeconds, cpu / answers)
            : throw new InvalidOperationException($"{load._failures} calls failed");
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
        }
    }
}
