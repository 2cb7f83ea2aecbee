namespace Snakepit.Bench.Scenarios;

/// <summary>
/// What it costs a Get to be looked at, by two servers of one process in turn: as <see cref="OverheadScenario"/>, less what
/// processes differ by. Not for Set: what a store measures of itself it measures for all servers of its process.
/// </summary>
internal sealed class ObservedScenario() : Scenario(Title)
{
    public const string Title = "Get, looked at or not, in one process";
    public const string Scraped = OverheadScenario.Scraped;
    public const string Traced = OverheadScenario.Traced;

    private const int Alternations = 20;
    private const int Variables = 10;

    /// <summary>The figure of the server beside it that nobody looks at.</summary>
    public static string Beside(string what) => $"nothing, beside {what}";

    public override bool Suits(Contender contender) => contender is SidecarContender;

    public override async Task<IReadOnlyList<Figure>> RunAsync(Contender contender, BenchOptions options)
    {
        List<Figure> figures = [];
        var admin = ServerProcess.FreePort();
        await using (var pair = await ObservedPair.StartAsync(admin, collector: null))
        {
            await AlternateAsync(contender.Dialect, pair, Scraped, () => new Scraper(admin), options.Seconds, figures);
        }

        await using var collector = await Collector.StartAsync();
        await using (var pair = await ObservedPair.StartAsync(adminPort: null, collector.Address))
        {
            await AlternateAsync(contender.Dialect, pair, Traced, static () => null, options.Seconds, figures);
        }

        await collector.TracedAsync();
        return figures;
    }

    private static async Task AlternateAsync(
        Dialect dialect, ObservedPair pair, string what, Func<IAsyncDisposable?> look, int seconds, List<Figure> figures)
    {
        var call = dialect.Call(Operation.Get, Variables)!;
        (string What, int Port)[] turns = [(Beside(what), pair.Plain), (what, pair.Observed)];
        foreach (var (_, port) in turns)
        {
            await dialect.PrepareAsync(port, Variables);
        }

        // Of the observed one there is nothing to see until it was called.
        foreach (var (_, port) in turns)
        {
            await RawLoad.RunAsync(pair.Server, port, [call], LoadScenario.WarmUpSeconds);
        }

        for (var n = 0; n < Alternations; n++)
        {
            // Neither is always the first.
            for (var turn = 0; turn < turns.Length; turn++)
            {
                var (name, port) = turns[(turn + n) % turns.Length];
                await using var looking = port == pair.Observed ? look() : null;
                var (_, cpu) = await RawLoad.RunAsync(pair.Server, port, [call], seconds);
                figures.Add(new Figure(name, cpu.TotalMicroseconds, "µs/call"));
            }
        }
    }
}
