namespace Snakepit.Bench.Scenarios;

/// <summary>What the process holds when it has just started, and what each open watcher adds.</summary>
internal sealed class MemoryScenario(int watchers) : Scenario("Memory")
{
    public override async Task<IReadOnlyList<Figure>> RunAsync(BenchOptions options)
    {
        await using var server = await MeasuredServer.StartAsync(options);
        var idle = server.PrivateBytes;
        using var client = new BenchClient(server.Port);
        await client.RegisterAsync(1);
        var before = server.PrivateBytes;
        await using var crowd = await WatchCrowd.OpenAsync(server.Port, BenchClient.Variable(0), watchers, connections: 10);
        return
        [
            new Figure("idle", idle / 1048576.0, "MiB"),
            new Figure("open watcher", (server.PrivateBytes - before) / 1024.0 / watchers, "KiB"),
        ];
    }
}
