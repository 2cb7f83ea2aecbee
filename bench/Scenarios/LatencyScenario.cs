using System.Collections.Concurrent;
using System.Diagnostics;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Bridge;
using Snakepit.Transport;

namespace Snakepit.Bench.Scenarios;

/// <summary>
/// From a set to its delivery at half the load that <see cref="WatchScenario"/> finds, and beside it how long a Ping
/// takes meanwhile. A set that is late is counted from when it was due.
/// </summary>
internal sealed class LatencyScenario() : LoadScenario(Title)
{
    public const string Title = "Watch at half the load";
    public const string Delivery = "set to delivery, 99th percentile";
    public const string Ping = "Ping, 99th percentile";
    private const int InFlight = 64;

    public override bool Suits(Contender contender) => contender is SidecarContender or ClusterContender or FrameworkContender;

    protected override Task PrepareAsync(Contender contender, MeasuredServer server) =>
        contender.Dialect.PrepareAsync(server.Port, 1);

    protected override async Task<IReadOnlyList<Figure>> LoadAsync(Contender contender, MeasuredServer server, int seconds)
    {
        var length = TimeSpan.FromSeconds(seconds);
        var watch = contender.Dialect.Watch()!;
        TimeSpan interval;
        await using (var full = await WatchCrowd.OpenAsync(server.Port, watch, WatchScenario.Watchers, WatchScenario.Connections))
        {
            var (sets, elapsed) = await WatchScenario.WriteAsync(server.Port, contender.Dialect, full, length);
            interval = elapsed / sets * 2;
        }

        var due = new ConcurrentDictionary<long, long>();
        var deliveries = new ConcurrentBag<Latencies>();
        using var local = new ThreadLocal<Latencies>(() =>
        {
            var mine = new Latencies();
            deliveries.Add(mine);
            return mine;
        });
        await using var crowd = await WatchCrowd.OpenAsync(
            server.Port,
            watch,
            WatchScenario.Watchers,
            WatchScenario.Connections,
            change => local.Value!.Add(Stopwatch.GetElapsedTime(due[change])));
        using var over = new CancellationTokenSource();
        var pinging = PingAsync(server.Port, over.Token);
        var written = await WriteAsync(server.Port, contender.Dialect.WatchedSet(), due, interval, length);
        await crowd.WaitForAsync(written * WatchScenario.Watchers);
        await over.CancelAsync();
        var pings = await pinging;
        var all = Latencies.Of(deliveries);
        return
        [
            new Figure("sets", written / length.TotalSeconds, "calls/s"),
            new Figure("set to delivery, median", all.Percentile(0.5).TotalMilliseconds, "ms"),
            new Figure(Delivery, all.Percentile(0.99).TotalMilliseconds, "ms"),
            new Figure("Ping, median", pings.Percentile(0.5).TotalMilliseconds, "ms"),
            new Figure(Ping, pings.Percentile(0.99).TotalMilliseconds, "ms"),
        ];
    }

    // Each when it is due, whether those before it have been answered or not. They are carried out nearly in that order:
    // which of two that were under way together a change came from makes no difference to the whole.
    private static async Task<long> WriteAsync(
        int port, UnaryCall set, ConcurrentDictionary<long, long> due, TimeSpan interval, TimeSpan length)
    {
        using var channel = new RpcChannel($"127.0.0.1:{port}");
        var ticks = (long)(interval.TotalSeconds * Stopwatch.Frequency);
        var begin = Stopwatch.GetTimestamp();
        var count = 0L;
        using var room = new SemaphoreSlim(InFlight, InFlight);
        for (; Stopwatch.GetElapsedTime(begin) < length; count++)
        {
            var at = begin + (count * ticks);
            due[count] = at;
            var early = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), at);
            if (early > TimeSpan.FromMilliseconds(1))
            {
                await Task.Delay(early);
            }

            await room.WaitAsync();
            _ = SetAsync();
        }

        for (var n = 0; n < InFlight; n++)
        {
            await room.WaitAsync();
        }

        return count;

        // One that fails keeps its room, and the whole waits for it: a change would be missing.
        async Task SetAsync()
        {
            await channel.CallAsync(set.Path, set.Request, Empty.Parser);
            room.Release();
        }
    }

    private static async Task<Latencies> PingAsync(int port, CancellationToken over)
    {
        using var channel = new RpcChannel($"127.0.0.1:{port}");
        var latencies = new Latencies();
        while (!over.IsCancellationRequested)
        {
            var began = Stopwatch.GetTimestamp();
            await channel.CallAsync(BridgeDialect.Path("Ping"), new PingRequest(), PingResponse.Parser, cancellation: CancellationToken.None);
            latencies.Add(Stopwatch.GetElapsedTime(began));
            await Task.Delay(1, CancellationToken.None);
        }

        return latencies;
    }
}
