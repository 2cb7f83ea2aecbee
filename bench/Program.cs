using System.Text.Json;
using System.Text.Json.Serialization;
using Snakepit.Bench;
using Snakepit.Bench.Scenarios;

// Started by itself, as what it measures.
if (args is [ObservedPair.Command, ..])
{
    await ObservedPair.RunAsync(args);
    return 0;
}

// The product, the limit and its peers under the same loads, in turn within each round; then tables of medians.
var options = BenchOptions.Parse(args);
if (options is null)
{
    Console.Error.WriteLine(BenchOptions.Usage);
    return 1;
}

string Published(params string[] path) => Path.Combine([options.Published, .. path]);
var sidecar = new SidecarContender(Published("sidecar", "snakepit"));
Contender[] all =
[
    sidecar,
    new ClusterContender(options.Published),
    new BareContender(Published("bare", "Snakepit.Bench.Bare"), await AnswerSizes.AskAsync(sidecar)),
    new FrameworkContender(Published("framework", "Snakepit.Bench.Framework")),
    new EtcdContender(),
    new RedisContender(),
    new PythonContender(Published("python", "server.py"), Published("python", "stubs")),
];
// What is compared with each other runs in turn; the servers of one group are gone before the next.
Scenario[][] groups =
[
    [new UnaryScenario(Operation.Ping, variables: 10), new UnaryScenario(Operation.Get, variables: 10), new UnaryScenario(Operation.Get, variables: 10_000)],
    [
        new UnaryScenario(Operation.Set, variables: 10),
        new UnaryScenario(Operation.Set, variables: 10_000),
        new RedisSetScenario(),
        new UnaryScenario(Operation.SetHundred, variables: 1_000),
    ],
    [new WatchScenario(), new RedisPublishScenario()],
    [new LatencyScenario()],
    [new ManySessionsScenario(Operation.Get, sessions: 1), new ManySessionsScenario(Operation.Get, sessions: 100_000)],
    [new ManySessionsScenario(Operation.Set, sessions: 1), new ManySessionsScenario(Operation.Set, sessions: 100_000)],
    [new TensorScenario(Operation.Set)],
    [new TensorScenario(Operation.Get)],
    [new StartScenario()],
    [new ColdStoreScenario(ColdStoreScenario.Few), new ColdStoreScenario(ColdStoreScenario.Many)],
    [new WatcherMemoryScenario()],
    [new SessionMemoryScenario()],
    [new ObservedScenario(Operation.Get)],
    [new ObservedScenario(Operation.Set)],
];

var contenders = all.Where(options.Selects).ToList();
foreach (var (contender, missing) in contenders.Select(contender => (contender, contender.Missing)).Where(pair => pair.Missing is not null))
{
    Console.Error.WriteLine($"{contender.Name} is left out: {missing}");
}

contenders.RemoveAll(static contender => contender.Missing is not null);
var results = new ResultTable();
var steps = (from @group in groups
             from round in Enumerable.Range(1, options.Rounds)
             from scenario in @group.Where(options.Selects)
             from contender in contenders.Where(scenario.Suits)
             select (@group, round, scenario, contender)).ToList();
var progress = new Progress(steps.Count);
foreach (var inTurn in steps.GroupBy(static step => step.@group))
{
    foreach (var (_, round, scenario, contender) in inTurn)
    {
        progress.Begin($"round {round}/{options.Rounds}: {scenario.Name}; {contender.Name}");
        results.Add(scenario.Name, contender.Name, await scenario.RunAsync(contender, options));
    }

    foreach (var scenario in inTurn.Key)
    {
        await scenario.DisposeAsync();
    }
}

progress.End();
var compared = Comparisons.All.Select(comparison => comparison.In(results)).OfType<Compared>().ToList();
if (options.IsJson)
{
    // A figure that is no number does not lose the others.
    var json = new JsonSerializerOptions(JsonSerializerDefaults.Web) { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };
    Console.WriteLine(JsonSerializer.Serialize(new { Figures = results.Measurements, Compared = compared }, json));
    return 0;
}

results.Print(Console.Out);
Console.WriteLine();
Comparison.Print(compared, Console.Out);
return 0;
