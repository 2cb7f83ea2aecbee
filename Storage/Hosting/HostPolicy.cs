namespace Snakepit.Storage.Hosting;

/// <summary>How session hosts use memory and the store.</summary>
public sealed record HostPolicy
{
    public static HostPolicy Default { get; } = new();

    /// <summary>Sessions that may be stored at once; RESOURCE_EXHAUSTED beyond.</summary>
    public long MaxSessions { get; init; } = 10_000_000;

    /// <summary>A session unused for this long leaves memory; it comes back with the next call.</summary>
    public TimeSpan IdleTime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Commands in one commit at the most.</summary>
    public int MaxGroup { get; init; } = 1_000;

    /// <summary>
    /// Bytes of changes after which a commit takes no further command. What a commit is made of lives until it is stored: where
    /// that is more than the collector's youngest generation holds, it is copied on the way (docs/performance.md).
    /// </summary>
    public int MaxGroupBytes { get; init; } = 512 * 1024;

    /// <summary>Commands of one session that wait, or are being stored, at the most; RESOURCE_EXHAUSTED beyond.</summary>
    public int MaxWaitingPerSession { get; init; } = 10_000;

    /// <summary>The same of all sessions of this process.</summary>
    public int MaxWaitingCommands { get; init; } = 100_000;

    /// <summary>Bytes that their requests have at the most; a single one may be larger.</summary>
    public long MaxWaitingBytes { get; init; } = 256 * 1024 * 1024;

    /// <summary>Commits after which the variables' rows are brought up to date: what a cold load reads at the most.</summary>
    public int CheckpointCommits { get; init; } = 1_000;

    /// <summary>Bytes of changes after which they are, too.</summary>
    public long CheckpointBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>
    /// How long after the store last confirmed that a host has the session's newest commit the host answers without
    /// asking again. Null = no other process can write to the store, so there is nothing to ask.
    /// </summary>
    public TimeSpan? ConfirmedFor { get; init; }

    /// <summary>
    /// How far ahead the stored expiry of a watched session is, whatever its time to live: who takes the session over
    /// does not know of the watchers until they have found it. It is stored anew when a third of this is used up, and
    /// taken back when the last watcher has left. Zero = nobody can take a session over from watchers that stay.
    /// </summary>
    public TimeSpan StoredWhileWatched { get; init; }

    /// <summary>
    /// How long the log of a session that ends while it is watched stays for its watchers to read: longer than one is
    /// waited for that takes nothing.
    /// </summary>
    public TimeSpan EndedLogLasts { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// How long after a session was loaded its watchers may not have been heard of yet: where it is ended before that
    /// has passed, it is taken for a watched one. Zero = watchers are heard of before anybody can end it.
    /// </summary>
    public TimeSpan WatchersReturnWithin { get; init; }

    /// <summary>The newest changes of a session that can be replayed to a watcher that resumes.</summary>
    public long ReplayableChanges { get; init; } = 100_000;

    /// <summary>
    /// As many bytes of its newest changes at the most, their large values included. Trimmed when there are about a quarter more.
    /// What of a variable's history is kept beyond is not counted.
    /// </summary>
    public long ReplayableBytes { get; init; } = 1L << 30;

    /// <summary>Changes older than this need not be replayable.</summary>
    public TimeSpan ReplayableAge { get; init; } = TimeSpan.FromDays(1);
}
