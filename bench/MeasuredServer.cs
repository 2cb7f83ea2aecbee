namespace Snakepit.Bench;

/// <summary>Something that serves on a port of loopback, made of one process or several. What it keeps goes with it.</summary>
internal abstract class MeasuredServer : IAsyncDisposable
{
    /// <summary>Where it serves.</summary>
    public abstract int Port { get; }

    /// <summary>From the start of its first process to the word of its last that it serves.</summary>
    public abstract TimeSpan StartTime { get; }

    /// <summary>Its processes by name. What they share with others, as a database, is none of them.</summary>
    public abstract IReadOnlyList<(string Name, ServerProcess Process)> Parts { get; }

    /// <summary>Processor time it has used, all threads of all processes, user and system.</summary>
    public TimeSpan ProcessorTime => Parts.Aggregate(TimeSpan.Zero, static (sum, part) => sum + part.Process.ProcessorTime);

    /// <summary>Bytes of its memory that are resident and its own.</summary>
    public long PrivateBytes => Parts.Sum(static part => part.Process.PrivateBytes);

    public abstract ValueTask DisposeAsync();

    /// <summary>What the options name: a sidecar, or a cluster.</summary>
    public static async Task<MeasuredServer> StartAsync(BenchOptions options) => options.Cluster is { } folder
        ? await ClusterServer.StartAsync(folder)
        : await SidecarServer.StartAsync(options.Server);
}
