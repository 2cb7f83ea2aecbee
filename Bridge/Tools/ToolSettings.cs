namespace Snakepit.Bridge.Tools;

/// <summary>Bounds and times of tools' hosts and calls.</summary>
public sealed record ToolSettings
{
    public static ToolSettings Default { get; } = new();

    /// <summary>Hosts that this process can know at once, of all kinds together.</summary>
    public int MaxHosts { get; init; } = 1_000;

    /// <summary>What a gateway shows to another to be believed that it is one; null, or the answer null = it has nothing to show.</summary>
    public Func<string?>? PeerToken { get; init; }

    /// <summary>Calls in flight in this process; RESOURCE_EXHAUSTED beyond.</summary>
    public int MaxCalls { get; init; } = 10_000;

    /// <summary>Calls that one attached host has at once, where it asks for no less itself.</summary>
    public int MaxCallsPerHost { get; init; } = 1_000;

    /// <summary>Calls that wait for their turn at one attached host; RESOURCE_EXHAUSTED beyond.</summary>
    public int MaxWaitingCalls { get; init; } = 1_000;

    /// <summary>Chunks of one call that an attached host may be ahead of the one who takes them.</summary>
    public int ChunksAhead { get; init; } = 8;

    /// <summary>For a call whose caller says nothing of time.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The same for one that answers in chunks.</summary>
    public TimeSpan StreamTimeout { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How long a host's stream may go on after its final chunk.</summary>
    public TimeSpan AfterFinalChunk { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Bytes of a message from a host, after decompression too. An attached one is told of it.</summary>
    public int MaxReceiveMessageSize { get; init; } = 64 * 1024 * 1024;

    /// <summary>For a connection to a worker that listens.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>For the answer to the question whether a worker lives.</summary>
    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Until a worker that did not answer is asked again. Doubles each time, up to the longest.</summary>
    public TimeSpan FirstProbePause { get; init; } = TimeSpan.FromMilliseconds(100);

    public TimeSpan LongestProbePause { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>What a host that attaches has for its first message.</summary>
    public TimeSpan HelloPatience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What calls to attached hosts have when the server stops. Less than the server's own grace.</summary>
    public TimeSpan DrainPatience { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>Subscribers of telemetry at once; RESOURCE_EXHAUSTED beyond.</summary>
    public int MaxSubscribers { get; init; } = 100;

    /// <summary>Events that wait for one subscriber; the oldest go first.</summary>
    public int EventsPerSubscriber { get; init; } = 1_024;
}
