using Snakepit.Protocol.Storing;

namespace Snakepit.Storage;

/// <summary>What became true together in one session, ready to be appended.</summary>
/// <param name="Number">1 for the first, then without a gap. The fence.</param>
/// <param name="FirstRevision">The revision of its first change; where it has none, <paramref name="LastRevision"/> + 1.</param>
/// <param name="LastRevision">The session's revision after it.</param>
/// <param name="Time">When it was made.</param>
/// <param name="Record">Its content. Values that are kept apart are already taken out of it.</param>
/// <param name="LargeValues">Those values, each with the revision it is stored under.</param>
/// <param name="ExpiresAt">When the session expires, stored where the commit creates the session.</param>
public sealed record Commit(
    long Number,
    long FirstRevision,
    long LastRevision,
    DateTimeOffset Time,
    CommitRecord Record,
    IReadOnlyList<StoredLargeValue> LargeValues,
    DateTimeOffset ExpiresAt)
{
    /// <summary>Bytes that it has as it is stored, with its large values; counts them each time.</summary>
    public long CalculateSize() => Record.CalculateSize() + CalculateLargeSize();

    /// <summary>Those of its large values.</summary>
    public long CalculateLargeSize() => LargeValues.Sum(static large => (long)large.Value.CalculateSize());
}

/// <summary>A value kept apart from the log, under the revision that first wrote it.</summary>
public sealed record StoredLargeValue(long Revision, LargeValue Value);

public enum AppendResult
{
    /// <summary>Durable.</summary>
    Stored,

    /// <summary>The stored session has another newest commit than the writer believed; nothing was written.</summary>
    Fenced,
}

/// <summary>A session's rows as of one commit.</summary>
/// <param name="CommitNumber">The commit it brings the rows up to.</param>
/// <param name="Revision">The session's revision then.</param>
/// <param name="Header">What describes the session.</param>
/// <param name="Tools">Its tools then; null = the same as at the checkpoint before.</param>
/// <param name="Changed">The variables that changed since the checkpoint before, by id.</param>
/// <param name="Removed">The ids of those deleted since.</param>
/// <param name="Requests">Requests answered since, to be remembered.</param>
/// <param name="ForgottenRequests">Ids of requests that are no longer remembered.</param>
/// <param name="Superseded">Commits since that had no change: the rows have all that they held, and the log need not.</param>
/// <param name="ExpiresAt">When the session expires.</param>
public sealed record Checkpoint(
    long CommitNumber,
    long Revision,
    SessionHeader Header,
    ToolSet? Tools,
    IReadOnlyDictionary<string, VariableRecord> Changed,
    IReadOnlyList<string> Removed,
    IReadOnlyList<RequestRecord> Requests,
    IReadOnlyList<string> ForgottenRequests,
    IReadOnlyList<LogPosition> Superseded,
    DateTimeOffset ExpiresAt);

/// <summary>A session and when it expires.</summary>
public readonly record struct SessionExpiry(Snakepit.Sessions.SessionKey Key, DateTimeOffset ExpiresAt);
