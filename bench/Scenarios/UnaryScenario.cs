namespace Snakepit.Bench.Scenarios;

/// <summary>One unary method, 4 connections with 50 calls each in flight, in a session of so many variables.</summary>
internal sealed class UnaryScenario(Operation operation, int variables) : LoadScenario(NameOf(operation, variables))
{
    public static string NameOf(Operation operation, int variables) =>
        operation == Operation.Ping ? "Ping" : $"{operation}, {variables} variables";

    // How a large session compares with a small one is asked of ourselves only.
    public override bool Suits(Contender contender) =>
        contender.Dialect.Call(operation, variables) is not null && (variables <= 1_000 || contender is SidecarContender or ClusterContender);

    protected override Task PrepareAsync(Contender contender, MeasuredServer server) =>
        contender.Dialect.PrepareAsync(server.Port, variables);

    protected override async Task<IReadOnlyList<Figure>> LoadAsync(Contender contender, MeasuredServer server, int seconds)
    {
        var call = contender.Dialect.Call(operation, variables)!;
        var before = server.Parts.Select(part => part.Process.ProcessorTime).ToList();
        var (rate, requests) = await H2Load.RunAsync(server.Port, call, seconds);
        var used = server.Parts.Select((part, n) => part.Process.ProcessorTime - before[n]).ToList();
        List<Figure> figures =
        [
            new Figure(Figure.Rate, rate * call.Items, call.Items == 1 ? "calls/s" : "variables/s"),
            Cpu(Figure.Cpu, used.Aggregate(TimeSpan.Zero, static (sum, part) => sum + part)),
        ];
        if (used.Count > 1)
        {
            figures.AddRange(used.Select((part, n) => Cpu($"{server.Parts[n].Name} CPU", part)));
        }

        return figures;

        // The warm-up's requests are not counted by h2load, but their processor time is; it lasts a known part of the whole.
        Figure Cpu(string name, TimeSpan time) => new(
            name,
            (time * (seconds / (seconds + 1.0))).TotalMicroseconds / requests / call.Items,
            call.Items == 1 ? "µs/call" : "µs/variable");
    }
}
