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
        foreach (var (target, one) in options.Targets)
        {
            var name = target.Length == 0 ? scenario.Name : $"{scenario.Name}; {target}";
            Console.Error.WriteLine($"round {round}/{options.Rounds}: {name}");
            results.Add(name, await scenario.RunAsync(one));
        }
    }
}

results.Print(Console.Out);
return 0;
