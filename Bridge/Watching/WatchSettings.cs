namespace Snakepit.Bridge.Watching;

/// <summary>Bounds and times of watches.</summary>
public sealed record WatchSettings
{
    public static WatchSettings Default { get; } = new();

    /// <summary>Watchers of this process at once; RESOURCE_EXHAUSTED beyond.</summary>
    public int MaxWatchers { get; init; } = 100_000;

    /// <summary>A watch that had nothing to send for this long sends a heartbeat.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A client that takes nothing at all for this long is ended with RESOURCE_EXHAUSTED.</summary>
    public TimeSpan StallLimit { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>A log that cannot be read for this long ends the watches that need it with UNAVAILABLE.</summary>
    public TimeSpan LogPatience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Updates that a session's feed keeps for its watchers at the most; a slower one reads the log.</summary>
    public int RingUpdates { get; init; } = 1_024;

    /// <summary>Bytes that it keeps at the most; a single update may be larger.</summary>
    public int RingBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Bytes after which a watcher flushes, reads the next page, or closes a window early.</summary>
    public int BatchBytes { get; init; } = 256 * 1024;
}
