using Snakepit.Protocol.Storing;
using Snakepit.Sessions;

namespace Snakepit.Storage;

/// <summary>A session as the store has it: its checkpoint, and the commits after it.</summary>
/// <param name="Exists">False: nothing is stored under that key, and only <paramref name="Revision"/> means anything.</param>
/// <param name="CommitNumber">The checkpoint's commit; 0 = none was made yet, all is in <paramref name="CommitsAfter"/>.</param>
/// <param name="Revision">The revision at the checkpoint; for a session that does not exist, the one a new session begins above.</param>
/// <param name="Floor">The lowest revision from which the log can be replayed.</param>
/// <param name="ExpiresAt">As last stored.</param>
/// <param name="Header">At the checkpoint.</param>
/// <param name="Tools">At the checkpoint; null = none.</param>
/// <param name="Variables">At the checkpoint, in no particular order, each large value filled in.</param>
/// <param name="Requests">At the checkpoint, in no particular order.</param>
/// <param name="CommitsAfter">Commits after the checkpoint, oldest first, each large value filled in.</param>
public sealed record StoredSession(
    bool Exists,
    long CommitNumber,
    long Revision,
    long Floor,
    DateTimeOffset ExpiresAt,
    SessionHeader? Header,
    ToolSet? Tools,
    IReadOnlyList<StoredVariable> Variables,
    IReadOnlyList<RequestRecord> Requests,
    IReadOnlyList<StoredCommit> CommitsAfter);

/// <summary>A variable's row, with its large value where it has one.</summary>
public sealed record StoredVariable(VariableRecord Record, LargeValue? Large);

/// <summary>A commit read back.</summary>
public sealed record StoredCommit(
    long Number,
    long LastRevision,
    IReadOnlyList<StoredChange> Changes,
    CommitRecord Record);

/// <summary>A change read back, with its large value where it has one.</summary>
public sealed record StoredChange(ChangeRecord Record, LargeValue? Large);

/// <summary>A piece of a session's log.</summary>
/// <param name="CreatedAt">When the session was made: tells it from others that had, or will have, its name.</param>
/// <param name="Floor">The lowest revision from which the log can be replayed. A reader who asked from below it must start anew.</param>
/// <param name="LastRevision">The session's newest stored revision.</param>
/// <param name="Commits">Oldest first.</param>
public sealed record LogPage(DateTimeOffset CreatedAt, long Floor, long LastRevision, IReadOnlyList<StoredCommit> Commits);

/// <summary>Where a session's log ends.</summary>
/// <param name="CommitNumber">Its newest commit.</param>
/// <param name="Revision">The session's revision after it.</param>
/// <param name="CreatedAt">When the session was made: tells it from others that had its name before.</param>
public sealed record LogEnd(long CommitNumber, long Revision, DateTimeOffset CreatedAt);

/// <summary>One row of a list of sessions.</summary>
public sealed record StoredSummary(SessionKey Key, SessionHeader Header, DateTimeOffset ExpiresAt);
