using Snakepit.Tests;

namespace Snakepit.Bench.Scenarios;

/// <summary>
/// What it costs a Set to be looked at: processor time of the server for a call, without metrics, with an admin port that is
/// scraped each second, and with a collector that gets metrics and a trace of every hundredth call. In turn; in each round
/// with new processes, warm before they are measured. They compile without profiles: with them one process is compiled better
/// than the next, by more than what is measured here.
/// </summary>
internal sealed class OverheadScenario() : Scenario(Title)
{
    public const string Title = "Overhead of metrics and traces: Set";
    public const string Bare = "nothing";
    public const string Scraped = "metrics scraped each second";
    public const string Traced = "metrics and 1 % of traces to a collector";

    private const int Alternations = 40;
    private const int Variables = 10;

    private static readonly (string, string) WithoutProfiles = ("DOTNET_TieredPGO", "0");

    public override bool Suits(Contender contender) => contender is SidecarContender;

    public override async Task<IReadOnlyList<Figure>> RunAsync(Contender contender, BenchOptions options)
    {
        var sidecar = (SidecarContender)contender;
        var admin = FreePort.Next();
        await using var collector = await Collector.StartAsync();
        await using var bare = await sidecar.StartWithAsync(WithoutProfiles);
        await using var scraped = await sidecar.StartWithAsync(WithoutProfiles, "--admin", $"127.0.0.1:{admin}");
        await using var traced = await sidecar.StartWithAsync(WithoutProfiles, "--otlp", collector.Address, "--trace-ratio", "0.01");
        (string What, MeasuredServer Server)[] turns = [(Bare, bare), (Scraped, scraped), (Traced, traced)];
        var call = sidecar.Dialect.Call(Operation.Set, Variables)!;
        foreach (var (_, server) in turns)
        {
            await sidecar.Dialect.PrepareAsync(server.Port, Variables);
        }

        // From the beginning: what the first scrapes cost is compiling.
        using var scraper = new Scraper(admin);
        using var over = new CancellationTokenSource();
        var scraping = scraper.ScrapeAsync(over.Token);
        foreach (var (_, server) in turns)
        {
            await RawLoad.RunAsync(server, [call], LoadScenario.WarmUpSeconds);
        }

        List<Figure> figures = [];
        for (var n = 0; n < (Alternations + options.Rounds - 1) / options.Rounds; n++)
        {
            // None is always the first.
            for (var turn = 0; turn < turns.Length; turn++)
            {
                var (what, server) = turns[(turn + n) % turns.Length];
                var (_, cpu) = await RawLoad.RunAsync(server, [call], options.Seconds);
                figures.Add(new Figure(what, cpu.TotalMicroseconds, "µs/call"));
            }
        }

        await over.CancelAsync();
        await scraping;
        await collector.TracedAsync();
        return figures;
    }
}
