namespace Snakepit.Bench.Scenarios;

/// <summary>What each session with 10 variables adds to the memory of the process while it is used.</summary>
internal sealed class SessionMemoryScenario() : Scenario(Title)
{
    public const string Title = "Memory of a session";
    public const string Session = "active session of 10 variables";
    private const int Sessions = 20_000;
    private const int Variables = 10;

    public override bool Suits(Contender contender) => contender is SidecarContender;

    public override async Task<IReadOnlyList<Figure>> RunAsync(Contender contender, BenchOptions options)
    {
        await using var server = await contender.StartAsync();
        await RegisterAsync(server.Port, first: 0, count: 1_000);
        var before = server.PrivateBytes;
        await RegisterAsync(server.Port, first: 1_000, count: Sessions);
        return [new Figure(Session, (server.PrivateBytes - before) / 1024.0 / Sessions, "KiB")];
    }

    private static Task RegisterAsync(int port, int first, int count) => Dialect.SendAsync(
        port,
        from session in Enumerable.Range(first, count)
        from variable in Enumerable.Range(0, Variables)
        select BridgeDialect.Register($"bench-{session}", BridgeDialect.Variable(variable)));
}
