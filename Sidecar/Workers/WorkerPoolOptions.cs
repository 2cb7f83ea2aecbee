using Snakepit.Bridge.Tools;

namespace Snakepit.Sidecar.Workers;

/// <summary>The workers a sidecar launches, and how their calls are given out.</summary>
public sealed record WorkerPoolOptions
{
    /// <summary>The program, then its arguments. The program is a path, or is looked for in PATH.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>Passed on as <c>--adapter</c>; empty = not at all.</summary>
    public string Adapter { get; init; } = "";

    /// <summary>Variables that the workers have beside those of this process.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>What sessions keep of the pool.</summary>
    public string Id { get; init; } = "pool";

    /// <summary>The tenant whose sessions it serves.</summary>
    public string Tenant { get; init; } = "";

    /// <summary>Processes.</summary>
    public int Workers { get; init; } = 2;

    /// <summary>Calls that one worker has at once. Its tools need not be safe for more than this says.</summary>
    public int CallsPerWorker { get; init; } = 1;

    public WorkerAffinity Affinity { get; init; } = WorkerAffinity.Hint;

    /// <summary>Calls that wait for a worker; RESOURCE_EXHAUSTED beyond.</summary>
    public int MaxWaitingCalls { get; init; } = 1_000;

    /// <summary>How long a call waits for a worker; then UNAVAILABLE.</summary>
    public TimeSpan QueueTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>From a worker's launch to its first answer; then it is killed and launched again.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Workers that start at once: each of them reads its libraries.</summary>
    public int StartsAtOnce { get; init; } = 8;

    /// <summary>How often a worker is asked whether it answers, and how long it has to.</summary>
    public TimeSpan HealthInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A worker that has not answered for so long is killed and launched again.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>From SIGTERM to SIGKILL.</summary>
    public TimeSpan EndTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A worker that ran for so long is launched again as soon as the first time; others wait longer each time.</summary>
    public TimeSpan RanWell { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Sessions whose worker is remembered. The one that was used least recently is forgotten first.</summary>
    public int MaxRememberedSessions { get; init; } = 100_000;

    /// <summary>Disuse after which a session's worker is forgotten.</summary>
    public TimeSpan RememberedFor { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Of the connections to workers. The pool sets itself how long an answer to a health check may take.</summary>
    public ToolSettings Channels { get; init; } = ToolSettings.Default;
}
