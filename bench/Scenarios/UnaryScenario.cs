using Google.Protobuf;
using Snakepit.Protocol.Bridge;

namespace Snakepit.Bench.Scenarios;

internal enum Operation
{
    Ping,
    Get,
    Set,
    SetHundred,
}

/// <summary>One unary method, 4 connections with 50 calls each in flight, in a session of so many variables.</summary>
internal sealed class UnaryScenario(Operation operation, int variables)
    : Scenario($"{operation}, {variables} variables")
{
    public override async Task<IReadOnlyList<Figure>> RunAsync(BenchOptions options)
    {
        await using var server = await MeasuredServer.StartAsync(options);
        using var client = new BenchClient(server.Port);
        await client.RegisterAsync(variables);
        var (method, request, items) = Load();
        var before = server.Parts.Select(part => part.Process.ProcessorTime).ToList();
        var (rate, requests) = await H2Load.RunAsync(server.Port, BenchClient.Path(method), request, options.Seconds);
        var used = server.Parts.Select((part, n) => part.Process.ProcessorTime - before[n]).ToList();
        List<Figure> figures =
        [
            new Figure("rate", rate * items, items == 1 ? "calls/s" : "variables/s"),
            Cpu("server CPU", used.Aggregate(TimeSpan.Zero, static (sum, part) => sum + part)),
        ];
        if (used.Count > 1)
        {
            figures.AddRange(used.Select((part, n) => Cpu($"{server.Parts[n].Name} CPU", part)));
        }

        return figures;

        // The warm-up's requests are not counted by h2load, but their processor time is; it lasts a known part of the whole.
        Figure Cpu(string name, TimeSpan time) => new(
            name,
            (time * (options.Seconds / (options.Seconds + 1.0))).TotalMicroseconds / requests / items,
            items == 1 ? "µs/call" : "µs/variable");
    }

    private (string Method, IMessage Request, int Items) Load()
    {
        switch (operation)
        {
            case Operation.Ping:
                return ("Ping", new PingRequest { Message = "bench" }, 1);
            case Operation.Get:
                return ("GetVariable", new GetVariableRequest { SessionId = BenchClient.Session, VariableIdentifier = Target }, 1);
            case Operation.Set:
                var set = new SetVariableRequest
                {
                    SessionId = BenchClient.Session,
                    VariableIdentifier = Target,
                    Value = BenchClient.Value,
                };
                return ("SetVariable", set, 1);
            default:
                var batch = new BatchSetVariablesRequest { SessionId = BenchClient.Session, Atomic = true };
                for (var n = 0; n < 100; n++)
                {
                    batch.Updates.Add(BenchClient.Variable(n), BenchClient.Value);
                }

                return ("SetVariables", batch, 100);
        }
    }

    private string Target => BenchClient.Variable(variables / 2);
}
