using System.Diagnostics;

namespace Snakepit.Bench.Scenarios;

/// <summary>PUBLISH of 100 bytes by eight publishers to 1,000 subscribers, each on a connection of its own, as Redis has it.</summary>
internal sealed class RedisPublishScenario() : LoadScenario(Title)
{
    public const string Title = "PUBLISH to 1000 subscribers";
    private const int Publishers = 8;
    private const string Channel = "changes";
    private static readonly string Payload = new('x', 100);

    public override bool Suits(Contender contender) => contender is RedisContender;

    protected override Task PrepareAsync(Contender contender, MeasuredServer server) => Task.CompletedTask;

    protected override async Task<IReadOnlyList<Figure>> LoadAsync(Contender contender, MeasuredServer server, int seconds)
    {
        List<RedisConnection> subscribers = [];
        var answer = new byte[256];
        for (var n = 0; n < WatchScenario.Watchers; n++)
        {
            var subscriber = await RedisConnection.OpenAsync(server.Port);
            await subscriber.CallAsync(RedisConnection.Command("SUBSCRIBE", Channel), answer);
            subscribers.Add(subscriber);
        }

        var counting = subscribers.Select(subscriber => subscriber.CountAsync()).ToList();
        var message = RedisConnection.Command("message", Channel, Payload).Length;
        var before = server.ProcessorTime;
        var time = Stopwatch.StartNew();
        var published = (await Task.WhenAll(Enumerable.Range(0, Publishers)
            .Select(_ => PublishAsync(server.Port, time, TimeSpan.FromSeconds(seconds))))).Sum();
        while (Deliveries() < published * subscribers.Count)
        {
            await Task.Delay(10);
        }

        time.Stop();
        var figures = new[]
        {
            new Figure(Figure.Rate, Deliveries() / time.Elapsed.TotalSeconds, "updates/s"),
            new Figure(Figure.Cpu, (server.ProcessorTime - before).TotalMicroseconds / Deliveries(), "µs/update"),
        };
        subscribers.ForEach(static subscriber => subscriber.Dispose());
        await Task.WhenAll(counting);
        return figures;

        long Deliveries() => subscribers.Sum(subscriber => subscriber.Bytes) / message;
    }

    private static async Task<long> PublishAsync(int port, Stopwatch time, TimeSpan length)
    {
        using var connection = await RedisConnection.OpenAsync(port);
        var publish = RedisConnection.Command("PUBLISH", Channel, Payload);
        var answer = new byte[256];
        var count = 0L;
        for (; time.Elapsed < length; count++)
        {
            await connection.CallAsync(publish, answer);
        }

        return count;
    }
}
