namespace Snakepit.Bench.Scenarios;

/// <summary>
/// What it costs a Get to be looked at: processor time of a call, of two servers of one process in turn, one of them scraped each
/// second or sending metrics and a trace of every hundredth call to a collector. Not for Set: what a store measures of itself it
/// measures for all servers of its process (<see cref="OverheadScenario"/>).
/// </summary>
internal sealed class ObservedScenario() : Scenario(Title)
{
    public const string Title = "Get, looked at or not, in one process";
    public const string Scraped = OverheadScenario.Scraped;
    public const string Traced = OverheadScenario.Traced;

    private const int Alternations = 40;
    private const int Variables = 10;

    /// <summary>The figure of the server beside it that nobody looks at.</summary>
    public static string Beside(string what) => $"nothing, beside {what}";

    public override bool Suits(Contender contender) => contender is SidecarContender;

    public override async Task<IReadOnlyList<Figure>> RunAsync(Contender contender, BenchOptions options)
    {
        var admin = ServerProcess.FreePort();
        await using var collector = await Collector.StartAsync();
        List<Figure> figures;
        await using (var pair = await ObservedPair.StartAsync(admin, collector: null))
        {
            figures = await AlternateAsync(contender.Dialect, pair, Scraped, () => new Scraper(admin), options.Seconds);
        }

        await using (var pair = await ObservedPair.StartAsync(adminPort: null, collector.Address))
        {
            figures.AddRange(await AlternateAsync(contender.Dialect, pair, Traced, static () => null, options.Seconds));
        }

        await collector.TracedAsync();
        return figures;
    }

    private static async Task<List<Figure>> AlternateAsync(
        Dialect dialect, ObservedPair pair, string what, Func<IAsyncDisposable?> look, int seconds)
    {
        var call = dialect.Call(Operation.Get, Variables)!;
        await dialect.PrepareAsync(pair.Plain, Variables);
        await dialect.PrepareAsync(pair.Observed, Variables);

        // Of the observed one there is nothing to see until it was called.
        await LoadAsync(pair.Plain, LoadScenario.WarmUpSeconds);
        await LoadAsync(pair.Observed, LoadScenario.WarmUpSeconds);
        return await Alternation.RunAsync(
            [
                (Beside(what), () => LoadAsync(pair.Plain, seconds)),
                (what, async () =>
                {
                    await using var looking = look();
                    return await LoadAsync(pair.Observed, seconds);
                }),
            ],
            Alternations);

        async Task<TimeSpan> LoadAsync(int port, int duration) => (await RawLoad.RunAsync(pair.Server, port, [call], duration)).Cpu;
    }
}
