using System.Diagnostics;
using Snakepit.Protocol.Bridge;

namespace Snakepit.Bench.Scenarios;

/// <summary>One variable set over and over by eight writers, every change delivered to every watcher.</summary>
internal sealed class WatchScenario(int watchers, int connections)
    : Scenario($"Watch, {watchers} watchers on {connections} connections")
{
    private const int Writers = 8;

    public override async Task<IReadOnlyList<Figure>> RunAsync(BenchOptions options)
    {
        await using var server = await MeasuredServer.StartAsync(options);
        using var client = new BenchClient(server.Port);
        await client.RegisterAsync(1);
        await using var crowd = await WatchCrowd.OpenAsync(server.Port, BenchClient.Variable(0), watchers, connections);

        var before = (Messages: crowd.Messages, Cpu: server.ProcessorTime);
        var time = Stopwatch.StartNew();
        var sets = await WriteAsync(client, TimeSpan.FromSeconds(options.Seconds));
        await crowd.WaitForAsync(before.Messages + (sets * watchers));
        time.Stop();
        var delivered = crowd.Messages - before.Messages;
        return
        [
            new Figure("deliveries", delivered / time.Elapsed.TotalSeconds, "updates/s"),
            new Figure("sets", sets / time.Elapsed.TotalSeconds, "calls/s"),
            new Figure("server CPU", (server.ProcessorTime - before.Cpu).TotalMicroseconds / delivered, "µs/update"),
        ];
    }

    private static async Task<long> WriteAsync(BenchClient client, TimeSpan length)
    {
        var end = Stopwatch.GetTimestamp() + (long)(length.TotalSeconds * Stopwatch.Frequency);
        var set = new SetVariableRequest
        {
            SessionId = BenchClient.Session,
            VariableIdentifier = BenchClient.Variable(0),
            Value = BenchClient.Value,
        };
        var counts = await Task.WhenAll(Enumerable.Range(0, Writers).Select(async _ =>
        {
            var count = 0L;
            while (Stopwatch.GetTimestamp() < end)
            {
                await client.CallAsync("SetVariable", set, SetVariableResponse.Parser);
                count++;
            }

            return count;
        }));
        return counts.Sum();
    }
}
