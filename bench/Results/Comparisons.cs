using Snakepit.Bench.Scenarios;

namespace Snakepit.Bench;

/// <summary>What the product is held to.</summary>
internal static class Comparisons
{
    private const string Sidecar = "sidecar";
    private const string Bare = "bare Kestrel";
    private const string Framework = "Grpc.AspNetCore";

    private static readonly string Ping = UnaryScenario.NameOf(Operation.Ping, 10);
    private static readonly string Get = UnaryScenario.NameOf(Operation.Get, 10);
    private static readonly string Set = UnaryScenario.NameOf(Operation.Set, 10);
    private static readonly string SetHundred = UnaryScenario.NameOf(Operation.SetHundred, 1_000);

    public static IReadOnlyList<Comparison> All { get; } =
    [
        new("Get against bare Kestrel", Rate(Get), Rate(Get, Bare), 0.75, 0.9),
        new("Get against Grpc.AspNetCore, same handlers", Rate(Get), Rate(Get, Framework), 1.15, 1.3),
        new("Get against etcd's Range", Rate(Get), Rate(Get, "etcd"), 3, 5),
        new("Get against the Python server", Rate(Get), Rate(Get, "Python"), 15, 25),
        new("Set against etcd's Put", Rate(Set), Rate(Set, "etcd"), 1.5, 2.5),
        new("Set against Redis' SET, appendfsync always", Rate(Set), Rate(RedisSetScenario.Title, "Redis"), 0.4, 0.8),
        new("SetVariables of 100 against Set, variables/s", Rate(SetHundred), Rate(Set), 2, 6),
        new("Watch against bare Kestrel", Rate(WatchScenario.Title), Rate(WatchScenario.Title, Bare), 0.6, 0.85),
        new("Watch against etcd's Watch", Rate(WatchScenario.Title), Rate(WatchScenario.Title, "etcd"), 3, 8),
        new("Watch against Redis' PUBLISH", Rate(WatchScenario.Title), Rate(RedisPublishScenario.Title, "Redis"), 3, 8),
        new("set to delivery against Ping, 99th percentiles at half the load",
            Of(LatencyScenario.Title, LatencyScenario.Delivery), Of(LatencyScenario.Title, LatencyScenario.Ping), 4, 2) { IsLess = true },
        new("Get, 10,000 variables against 10", Rate(UnaryScenario.NameOf(Operation.Get, 10_000)), Rate(Get), 0.9, 1),
        new("Set, 10,000 variables against 10", Rate(UnaryScenario.NameOf(Operation.Set, 10_000)), Rate(Set), 0.9, 1),
        new("Get over 100,000 sessions against one", Many(Operation.Get, 100_000), Many(Operation.Get, 1), 0.7, 0.9),
        new("Set over 100,000 sessions against one", Many(Operation.Set, 100_000), Many(Operation.Set, 1), 0.35, 0.7),
        new("memory, idle, above bare Kestrel, MiB",
            Of(StartScenario.Title, StartScenario.Idle), Of(StartScenario.Title, StartScenario.Idle, Bare), 25, 12)
        { IsLess = true, IsDifference = true },
        new("memory, open watcher, KiB", Of(WatcherMemoryScenario.Title, WatcherMemoryScenario.Watcher), null, 12, 6) { IsLess = true },
        new("memory, active session of 10 variables, KiB",
            Of(SessionMemoryScenario.Title, SessionMemoryScenario.Session), null, 6, 3) { IsLess = true },
        new("start against bare Kestrel", Start(), Start(Bare), 1.6, 1.2) { IsLess = true },
        new("start against the Python server", Start(), Start("Python"), 2.2, 1.5) { IsLess = true },
        new("start on 1,000,000 sessions, 10,000,000 changes, against 1,000", Cold(StartScenario.Elapsed, ColdStoreScenario.Many), Cold(StartScenario.Elapsed, ColdStoreScenario.Few), 1.2, 1) { IsLess = true },
        new("… memory, MiB more (SQLite's caches may have 13)", Cold(StartScenario.Idle, ColdStoreScenario.Many), Cold(StartScenario.Idle, ColdStoreScenario.Few), 13, 0)
        { IsLess = true, IsDifference = true },
        new("… Get of a cold session", Cold(ColdStoreScenario.ColdGet, ColdStoreScenario.Many), Cold(ColdStoreScenario.ColdGet, ColdStoreScenario.Few), 1.2, 1) { IsLess = true },
        new("tensor of 8 MiB, Set against bare Kestrel", Tensor(Operation.Set), Tensor(Operation.Set, Bare), 0.5, 0.8),
        new("tensor of 8 MiB, Get against bare Kestrel", Tensor(Operation.Get), Tensor(Operation.Get, Bare), 0.5, 0.8),
        new("cluster's Get against the sidecar's, CPU", Cpu(Get, "cluster"), Cpu(Get), 5, 3) { IsLess = true },
        new("cluster's Set against the sidecar's, CPU", Cpu(Set, "cluster"), Cpu(Set), 5, 3) { IsLess = true },
        Observed(Operation.Get, ObservedScenario.Scraped),
        Observed(Operation.Get, ObservedScenario.Traced),
        Observed(Operation.Set, ObservedScenario.Scraped),
        Observed(Operation.Set, ObservedScenario.Traced),
        new("cluster's Ping against the sidecar's, CPU", Cpu(Ping, "cluster"), Cpu(Ping), 5, 3) { IsLess = true },
    ];

    private static Comparison Observed(Operation operation, string what)
    {
        var scenario = ObservedScenario.NameOf(operation);
        return new($"{operation}, CPU, {what}, against without", Of(scenario, what), Of(scenario, ObservedScenario.Beside(what)), 1.05, 1.02)
        {
            IsLess = true,
        };
    }

    private static Measured Of(string scenario, string figure, string contender = Sidecar) => new(scenario, contender, figure);

    private static Measured Rate(string scenario, string contender = Sidecar) => Of(scenario, Figure.Rate, contender);

    private static Measured Cpu(string scenario, string contender = Sidecar) => Of(scenario, Figure.Cpu, contender);

    private static Measured Start(string contender = Sidecar) => Of(StartScenario.Title, StartScenario.Elapsed, contender);

    private static Measured Many(Operation operation, int sessions) => Rate(ManySessionsScenario.NameOf(operation, sessions));

    private static Measured Cold(string figure, int sessions) => Of(ColdStoreScenario.NameOf(sessions), figure);

    private static Measured Tensor(Operation operation, string contender = Sidecar) => Rate(TensorScenario.NameOf(operation), contender);
}
