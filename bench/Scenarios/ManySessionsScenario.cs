namespace Snakepit.Bench.Scenarios;

/// <summary>Many sessions in memory, with a variable each, and calls over all of them at random.</summary>
internal sealed class ManySessionsScenario(Operation operation, int sessions) : Scenario(NameOf(operation, sessions))
{
    public static string NameOf(Operation operation, int sessions) =>
        sessions == 1 ? $"{operation}, one session, each call another stream" : $"{operation}, {sessions} sessions at random";

    public override bool Suits(Contender contender) => contender is SidecarContender;

    public override async Task<IReadOnlyList<Figure>> RunAsync(Contender contender, BenchOptions options)
    {
        await using var server = await contender.StartAsync();
        var names = Enumerable.Range(0, sessions).Select(n => $"bench-{n}").ToList();
        await Dialect.SendAsync(server.Port, names.Select(name => BridgeDialect.Register(name, "x")));
        var calls = names
            .Select(name => operation == Operation.Get ? BridgeDialect.Get(name, "x") : BridgeDialect.Set(name, "x"))
            .ToList();
        var (rate, cpu) = await RawLoad.RunAsync(server, calls, options.Seconds);
        return [new Figure(Figure.Rate, rate, "calls/s"), new Figure(Figure.Cpu, cpu.TotalMicroseconds, "µs/call")];
    }
}
