using System.Diagnostics;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Transport;

namespace Snakepit.Bench.Scenarios;

/// <summary>One variable set over and over by eight writers, every change delivered to every watcher.</summary>
internal sealed class WatchScenario() : LoadScenario(Title)
{
    public const string Title = "Watch, 1000 watchers on 10 connections";
    public const int Watchers = 1_000;
    public const int Connections = 10;
    private const int Writers = 8;

    public override bool Suits(Contender contender) => contender.Dialect.Watch() is not null;

    protected override Task PrepareAsync(Contender contender, MeasuredServer server) =>
        contender.Dialect.PrepareAsync(server.Port, 1);

    protected override async Task<IReadOnlyList<Figure>> LoadAsync(Contender contender, MeasuredServer server, int seconds)
    {
        await using var crowd = await WatchCrowd.OpenAsync(server.Port, contender.Dialect.Watch()!, Watchers, Connections);
        var before = server.ProcessorTime;
        var (sets, elapsed) = await WriteAsync(server.Port, contender.Dialect, crowd, TimeSpan.FromSeconds(seconds));
        return
        [
            new Figure(Figure.Rate, crowd.Changes / elapsed.TotalSeconds, "updates/s"),
            new Figure("sets", sets / elapsed.TotalSeconds, "calls/s"),
            new Figure(Figure.Cpu, (server.ProcessorTime - before).TotalMicroseconds / crowd.Changes, "µs/update"),
        ];
    }

    /// <summary>Sets as fast as it goes for a time, and waits until all of it has been delivered.</summary>
    public static async Task<(long Sets, TimeSpan Elapsed)> WriteAsync(int port, Dialect dialect, WatchCrowd crowd, TimeSpan length)
    {
        using var channel = new RpcChannel($"127.0.0.1:{port}");
        var set = dialect.WatchedSet();
        var time = Stopwatch.StartNew();
        var before = crowd.Changes;
        var counts = await Task.WhenAll(Enumerable.Range(0, Writers).Select(async _ =>
        {
            var count = 0L;
            while (time.Elapsed < length)
            {
                await channel.CallAsync(set.Path, set.Request, Empty.Parser);
                count++;
            }

            return count;
        }));
        var sets = counts.Sum();
        await crowd.WaitForAsync(before + (sets * Watchers));
        return (sets, time.Elapsed);
    }
}
