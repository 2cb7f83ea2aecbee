namespace Snakepit.Tests.Robustness.Validation;

/// <summary>
/// What clients wrote down while a session was under load: what they asked for, what was acknowledged, what
/// each saw; and what the server said at the very end. Nothing else wrote to the session, and every value
/// that was ever sent occurs in one write only.
/// </summary>
internal sealed record History
{
    /// <summary>The session's revision before the load.</summary>
    public required long Start { get; init; }

    public required IReadOnlyList<Write> Writes { get; init; }

    public required IReadOnlyList<Observation> Watchers { get; init; }

    /// <summary>At the end: every change after <see cref="Start"/>, as one replay of the whole session gave it.</summary>
    public required IReadOnlyList<Change> Log { get; init; }

    /// <summary>At the end: the session's revision.</summary>
    public required long End { get; init; }

    /// <summary>At the end: each variable's version and value.</summary>
    public required IReadOnlyDictionary<string, (int Version, string Value)> Variables { get; init; }

    /// <summary>At the end: replays from other points than the start.</summary>
    public required IReadOnlyList<Replay> Replays { get; init; }

    /// <summary>Reads while the writers wrote.</summary>
    public IReadOnlyList<Read> Reads { get; init; } = [];

    /// <summary>How old a read may be: nothing for one process, a bound for a cluster where a session has two owners.</summary>
    public TimeSpan ReadsMayLag { get; init; }

    /// <summary>Sessions that were used, or found to be gone.</summary>
    public IReadOnlyList<Use> Uses { get; init; } = [];

    /// <summary>Sessions that were made and ended, in the order in which that was answered.</summary>
    public IReadOnlyList<Life> Lives { get; init; } = [];

    /// <summary>Memory before and after.</summary>
    public IReadOnlyList<Footprint> Footprints { get; init; } = [];

    /// <summary>One in which nothing was written.</summary>
    public static History Empty { get; } = new()
    {
        Start = 0,
        End = 0,
        Writes = [],
        Watchers = [],
        Log = [],
        Variables = new Dictionary<string, (int, string)>(),
        Replays = [],
    };
}

/// <summary>One write that was sent, once or, for want of an answer, more often under one request id.</summary>
/// <param name="Values">By variable. More than one: a batch.</param>
/// <param name="IsAtomic">Whether all or none was asked for; of a single value it always is.</param>
/// <param name="Acknowledged">The answer; null = none came, so it may have happened or not.</param>
/// <param name="Began">The clock's timestamp before it was sent first.</param>
/// <param name="Ended">And when the answer was there.</param>
internal sealed record Write(
    IReadOnlyDictionary<string, string> Values, bool IsAtomic, Acknowledgement? Acknowledged, long Began = 0, long Ended = long.MaxValue);

/// <summary>One read that was answered.</summary>
/// <param name="Began">The clock's timestamp before it was sent.</param>
/// <param name="Ended">And when the answer was there.</param>
/// <param name="Values">By variable; more than one: of one moment.</param>
internal sealed record Read(long Began, long Ended, IReadOnlyDictionary<string, (int Version, string Value)> Values);

/// <summary>A session that someone came back to.</summary>
/// <param name="Session">Its id.</param>
/// <param name="Disused">For how long nobody had used it, by a clock that only goes forward.</param>
/// <param name="Ttl">What it was made with.</param>
/// <param name="Found">Whether it was there.</param>
internal sealed record Use(string Session, TimeSpan Disused, TimeSpan Ttl, bool Found);

/// <summary>One life of a session's name.</summary>
/// <param name="Session">Its id.</param>
/// <param name="First">The first revision that it gave out.</param>
/// <param name="Last">And the last.</param>
internal sealed record Life(string Session, long First, long Last);

/// <summary>Memory, in bytes.</summary>
/// <param name="What">For people.</param>
/// <param name="Before">The load.</param>
/// <param name="After">The load, or at its most.</param>
/// <param name="Bound">By how much it may have grown.</param>
internal sealed record Footprint(string What, long Before, long After, long Bound);

/// <param name="Revision">Of the write's last change.</param>
/// <param name="Versions">By variable, what the write made.</param>
internal sealed record Acknowledgement(long Revision, IReadOnlyDictionary<string, int> Versions);

/// <summary>One change of a value, as a watch delivers it.</summary>
internal sealed record Change(long Revision, string Variable, int Version, string Value, string OldValue);

/// <summary>What one logical watcher saw, over all the streams it resumed.</summary>
/// <param name="Name">For people.</param>
/// <param name="Selects">Null = the whole session; else which variables.</param>
/// <param name="Seen">In the order it came.</param>
internal sealed record Observation(string Name, Func<string, bool>? Selects, IReadOnlyList<Change> Seen);

/// <summary>What a watch of the whole session that resumed from a revision was given, up to the end.</summary>
internal sealed record Replay(long From, IReadOnlyList<Change> Changes);
