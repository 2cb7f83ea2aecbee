namespace Snakepit.Bench.Scenarios;

/// <summary>From the start of the process to its word that it serves, with an empty store; and what it then holds.</summary>
internal sealed class StartScenario() : Scenario(Title)
{
    public const string Title = "Start";
    public const string Elapsed = "until it serves";
    public const string Idle = "memory";

    public override bool Suits(Contender contender) => true;

    public override async Task<IReadOnlyList<Figure>> RunAsync(Contender contender, BenchOptions options)
    {
        await using var server = await contender.StartAsync();
        return
        [
            new Figure(Elapsed, server.StartTime.TotalMilliseconds, "ms"),
            new Figure(Figure.Cpu, server.ProcessorTime.TotalMilliseconds, "ms"),
            new Figure(Idle, server.PrivateBytes / 1048576.0, "MiB"),
        ];
    }
}
