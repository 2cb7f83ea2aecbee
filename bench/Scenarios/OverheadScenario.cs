namespace Snakepit.Bench.Scenarios;

/// <summary>
/// What it costs to be looked at: processor time of the server for a call, without metrics, with an admin port that is
/// scraped each second, and with a collector that gets metrics and a trace of every hundredth call. In turn, each time in
/// a process of its own, as one process is compiled a little better than the next.
/// </summary>
internal sealed class OverheadScenario(Operation operation) : Scenario(NameOf(operation))
{
    public const string Bare = "nothing";
    public const string Scraped = "metrics scraped each second";
    public const string Traced = "metrics and 1 % of traces to a collector";

    private const int Alternations = 10;
    private const int Variables = 10;

    public static string NameOf(Operation operation) => $"Overhead of metrics and traces: {operation}";

    public override bool Suits(Contender contender) => contender is SidecarContender;

    public override async Task<IReadOnlyList<Figure>> RunAsync(Contender contender, BenchOptions options)
    {
        var sidecar = (SidecarContender)contender;
        List<Figure> figures = [];
        for (var n = 0; n < (Alternations + options.Rounds - 1) / options.Rounds; n++)
        {
            // Neither is always the first.
            Func<Task<Figure>>[] turns = [() => BareAsync(sidecar, options), () => ScrapedAsync(sidecar, options), () => TracedAsync(sidecar, options)];
            for (var turn = 0; turn < turns.Length; turn++)
            {
                figures.Add(await turns[(turn + n) % turns.Length]());
            }
        }

        return figures;
    }

    private async Task<Figure> BareAsync(SidecarContender sidecar, BenchOptions options)
    {
        await using var server = await sidecar.StartAsync();
        await sidecar.Dialect.PrepareAsync(server.Port, Variables);
        return await MeasureAsync(Bare, sidecar, server, options);
    }

    private async Task<Figure> ScrapedAsync(SidecarContender sidecar, BenchOptions options)
    {
        var admin = ServerProcess.FreePort();
        await using var server = await sidecar.StartWithAsync("--admin", $"127.0.0.1:{admin}");
        await sidecar.Dialect.PrepareAsync(server.Port, Variables);
        await using var scraper = new Scraper(admin);
        return await MeasureAsync(Scraped, sidecar, server, options);
    }

    private async Task<Figure> TracedAsync(SidecarContender sidecar, BenchOptions options)
    {
        await using var collector = await Collector.StartAsync();
        await using var server = await sidecar.StartWithAsync("--otlp", collector.Address, "--trace-ratio", "0.01");
        await sidecar.Dialect.PrepareAsync(server.Port, Variables);
        var figure = await MeasureAsync(Traced, sidecar, server, options);
        await collector.TracedAsync();
        return figure;
    }

    private async Task<Figure> MeasureAsync(string what, SidecarContender sidecar, MeasuredServer server, BenchOptions options)
    {
        var call = sidecar.Dialect.Call(operation, Variables)!;

        // What is compiled while it is measured costs more than what is measured.
        await RawLoad.RunAsync(server, [call], options.Seconds);
        var (_, cpu) = await RawLoad.RunAsync(server, [call], options.Seconds);
        return new Figure(what, cpu.TotalMicroseconds, "µs/call");
    }
}
