namespace Snakepit.Bench.Scenarios;

/// <summary>Many sessions in memory, with a variable each, and calls over all of them at random.</summary>
internal sealed class ManySessionsScenario(Operation operation, int sessions) : LoadScenario(NameOf(operation, sessions))
{
    public static string NameOf(Operation operation, int sessions) =>
        sessions == 1 ? $"{operation}, one session, each call another stream" : $"{operation}, {sessions} sessions at random";

    public override bool Suits(Contender contender) => contender is SidecarContender;

    protected override Task PrepareAsync(Contender contender, MeasuredServer server) =>
        Dialect.SendAsync(server.Port, Names().Select(name => BridgeDialect.Register(name, "x")));

    protected override async Task<IReadOnlyList<Figure>> LoadAsync(Contender contender, MeasuredServer server, int seconds)
    {
        var calls = Names()
            .Select(name => operation == Operation.Get ? BridgeDialect.Get(name, "x") : BridgeDialect.Set(name, "x"))
            .ToList();
        var (rate, cpu) = await RawLoad.RunAsync(server, calls, seconds);
        return [new Figure(Figure.Rate, rate, "calls/s"), new Figure(Figure.Cpu, cpu.TotalMicroseconds, "µs/call")];
    }

    private IEnumerable<string> Names() => Enumerable.Range(0, sessions).Select(static n => $"bench-{n}");
}
