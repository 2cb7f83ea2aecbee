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
}

/// <summary>One write that was sent, once or, for want of an answer, more often under one request id.</summary>
/// <param name="Values">By variable. More than one: a batch.</param>
/// <param name="IsAtomic">Whether all or none was asked for; of a single value it always is.</param>
/// <param name="Acknowledged">The answer; null = none came, so it may have happened or not.</param>
internal sealed record Write(
    IReadOnlyDictionary<string, string> Values, bool IsAtomic, Acknowledgement? Acknowledged);

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
