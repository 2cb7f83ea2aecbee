namespace Snakepit.Bench.Scenarios;

/// <summary>What each open watcher adds to the memory of the process.</summary>
internal sealed class WatcherMemoryScenario() : Scenario(Title)
{
    public const string Title = "Memory of a watcher";
    public const string Watcher = "open watcher";
    private const int Watchers = 5_000;
    private const int Connections = 50;

    public override bool Suits(Contender contender) => contender.Dialect.Watch() is not null;

    public override async Task<IReadOnlyList<Figure>> RunAsync(Contender contender, BenchOptions options)
    {
        await using var server = await contender.StartAsync();
        await contender.Dialect.PrepareAsync(server.Port, 1);
        await using (await WatchCrowd.OpenAsync(server.Port, contender.Dialect.Watch()!, 10, 10))
        {
            var before = server.PrivateBytes;
            await using var crowd = await WatchCrowd.OpenAsync(server.Port, contender.Dialect.Watch()!, Watchers, Connections);
            return [new Figure(Watcher, (server.PrivateBytes - before) / 1024.0 / Watchers, "KiB")];
        }
    }
}
