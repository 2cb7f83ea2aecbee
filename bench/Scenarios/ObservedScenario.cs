using Snakepit.Tests;

namespace Snakepit.Bench.Scenarios;

/// <summary>
/// What it costs a call to be looked at: its processor time, of two servers of one process in turn, one of them scraped each
/// second or sending metrics and a trace of every hundredth call to a collector. In one process that one is the second of the two, in
/// another the first: who comes second uses a hundredth or two more. What stores measure of themselves, a commit at a time, they measure
/// for all servers of their process: it is in neither's favour.
/// </summary>
internal sealed class ObservedScenario(Operation operation) : Scenario(NameOf(operation))
{
    public const string Scraped = "metrics scraped each second";
    public const string Traced = "metrics and 1 % of traces to a collector";

    private const int Alternations = 30;
    private const int SlicesEach = 20;

    // As many until what answers them is compiled as it stays.
    private const int WarmLooks = 100;

    private const int Variables = 10;

    // In turn, and short, so that both servers are loaded while the machine is the same.
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(50);

    // What a slice has left to be exported is that slice's.
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(10);

    // That of a caller who has its call traced.
    private const string Sampled = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    public static string NameOf(Operation operation) => $"Looked at or not, in one process: {operation}";

    /// <summary>The figure of the server beside it that nobody looks at.</summary>
    public static string Beside(string what) => $"nothing, beside {what}";

    public override bool Suits(Contender contender) => contender is SidecarContender;

    public override async Task<IReadOnlyList<Figure>> RunAsync(Contender contender, BenchOptions options)
    {
        await using var collector = await Collector.StartAsync();
        List<Figure> figures = [];
        foreach (var isFirst in (bool[])[false, true])
        {
            var admin = FreePort.Next();
            using var scraper = new Scraper(admin);
            await using (var scraped = await ObservedPair.StartAsync(admin, collector: null, isFirst))
            {
                figures.AddRange(await AlternateAsync(contender.Dialect, scraped, Scraped, scraper.ScrapeAsync));
            }

            await using var traced = await ObservedPair.StartAsync(adminPort: null, collector.Address, isFirst);
            figures.AddRange(await AlternateAsync(contender.Dialect, traced, Traced, static () => Task.CompletedTask));
        }

        await collector.TracedAsync();
        return figures;
    }

    private async Task<List<Figure>> AlternateAsync(Dialect dialect, ObservedPair pair, string what, Func<Task> look)
    {
        var call = dialect.Call(operation, Variables)!;
        await dialect.PrepareAsync(pair.Plain, Variables);
        await dialect.PrepareAsync(pair.Observed, Variables);
        await using var plain = await RawLoad.OpenAsync(pair.Plain, [call]);
        await using var observed = await RawLoad.OpenAsync(pair.Observed, [call]);
        await plain.RunAsync(LoadScenario.WarmUp);
        await observed.RunAsync(LoadScenario.WarmUp);

        // What exports a trace would be compiled for minutes where each is one of a hundred calls.
        await using (var traced = await RawLoad.OpenAsync(pair.Observed, [call with { TraceParent = Sampled }]))
        {
            await traced.RunAsync(LoadScenario.WarmUp);
        }

        for (var n = 0; n < WarmLooks; n++)
        {
            await look();
        }

        List<Figure> figures = [];
        for (var n = 0; n < Alternations; n++)
        {
            var (beside, seen) = (new Used(), new Used());
            for (var slice = 0; slice < SlicesEach; slice++)
            {
                // Neither is always the first. A look for each second of load.
                Func<Task> looked = slice == 0 ? look : static () => Task.CompletedTask;
                if ((slice & 1) == 0)
                {
                    await beside.AddAsync(pair.Server, plain, static () => Task.CompletedTask);
                    await seen.AddAsync(pair.Server, observed, looked);
                }
                else
                {
                    await seen.AddAsync(pair.Server, observed, looked);
                    await beside.AddAsync(pair.Server, plain, static () => Task.CompletedTask);
                }
            }

            figures.Add(new Figure(Beside(what), beside.MicrosecondsPerCall, "µs/call"));
            figures.Add(new Figure(what, seen.MicrosecondsPerCall, "µs/call"));
        }

        return figures;
    }

    // What one of the two has used in the slices of an alternation.
    private sealed class Used
    {
        private TimeSpan _cpu;
        private long _calls;

        public double MicrosecondsPerCall => _cpu.TotalMicroseconds / _calls;

        public async Task AddAsync(MeasuredServer server, RawLoad load, Func<Task> look)
        {
            var before = server.ProcessorTime;
            var loading = load.RunAsync(Slice);
            await look();
            _calls += await loading;
            await Task.Delay(Settling);
            _cpu += server.ProcessorTime - before;
        }
    }
}
