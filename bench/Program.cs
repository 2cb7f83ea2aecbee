using Snakepit.Bench;
using Snakepit.Bench.Scenarios;

// The sidecar, or a cluster, under load, scenario by scenario, in rounds; then one table of medians.
var options = BenchOptions.Parse(args);
if (options is null)
{
    Console.WriteLine(BenchOptions.Usage);
    return 1;
}

Scenario[] scenarios =
[
    new UnaryScenario(Operation.Ping, variables: 10),
    new UnaryScenario(Operation.Get, variables: 10),
    new UnaryScenario(Operation.Get, variables: 10_000),
    new UnaryScenario(Operation.Set, variables: 10),
    new UnaryScenario(Operation.Set, variables: 10_000),
    new UnaryScenario(Operation.SetHundred, variables: 1_000),
    new WatchScenario(watchers: 1_000, connections: 10),
    new StartScenario(),
    new MemoryScenario(watchers: 1_000),
];

var results = new ResultTable();
for (var round = 1; round <= options.Rounds; round++)
{
    foreach (var scenario in scenarios.Where(scenario => options.Selects(scenario.Name)))
    {
        Console.Error.WriteLine($"round {round}/{options.Rounds}: {scenario.Name}");
        results.Add(scenario.Name, await scenario.RunAsync(options));
    }
}

results.Print(Console.Out);
return 0;
