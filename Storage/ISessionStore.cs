using Snakepit.Sessions;

namespace Snakepit.Storage;

/// <summary>
/// Where sessions last. The log of a session's commits is the truth; variables' rows are a checkpoint
/// brought up to date behind it, so that loading need not read the whole log.
/// </summary>
/// <remarks>
/// Every method may be called from any thread. A method that writes completes when what it wrote is
/// durable: it survives the death of the process and of the machine. An exception
/// (<see cref="StoreException"/>) says whether the write can have happened.
/// Messages and byte buffers handed in or out must not change afterwards; the store may keep them.
/// Times are kept to the microsecond.
/// </remarks>
public interface ISessionStore : IAsyncDisposable
{
    /// <summary>The session as last stored, or what a session of that name would begin with.</summary>
    ValueTask<StoredSession> LoadAsync(SessionKey key, CancellationToken cancellation);

    /// <summary>
    /// Appends one commit, if the session's newest stored commit is number <see cref="Commit.Number"/> − 1
    /// (0 = the session is not stored; then it is created) and left the session at revision
    /// <see cref="Commit.FirstRevision"/> − 1, which tells it from an ended session of the same name. A session
    /// is created only above the highest revision that any ended one of the tenant reached. Otherwise nothing is written and the answer is <see cref="AppendResult.Fenced"/>. One session's
    /// refusal never fails another's commit.
    /// </summary>
    ValueTask<AppendResult> AppendAsync(SessionKey key, Commit commit);

    /// <summary>
    /// Brings the session's rows up to a commit. Ignored if the stored checkpoint is newer, or the session
    /// has gone or has no such commit.
    /// </summary>
    ValueTask CheckpointAsync(SessionKey key, Checkpoint checkpoint);

    /// <summary>
    /// Ends the session: removes it and all it owns, if its newest commit is <paramref name="lastCommit"/> and
    /// left it at <paramref name="lastRevision"/>, and remembers that revision, so that no later session gives
    /// out a revision twice. A session that is not stored has 0 for its newest commit, whatever its revision.
    /// Where <paramref name="expiredBy"/> is given, the stored expiry must not be later than that: a use by
    /// another owner shows in nothing else. Where <paramref name="keepLogUntil"/> is given, the session's log stays
    /// for those who watched it: <see cref="ReadEndedLogAsync"/> finds it, and nothing else does.
    /// </summary>
    ValueTask<AppendResult> DeleteAsync(
        SessionKey key, long lastCommit, long lastRevision, DateTimeOffset? expiredBy = null, DateTimeOffset? keepLogUntil = null);

    /// <summary>Stores when sessions expire. Sessions that have gone are passed over.</summary>
    ValueTask TouchAsync(IReadOnlyList<SessionExpiry> expiries);

    /// <summary>
    /// Where the sessions' logs end, in the order of the keys; null for a session that is not stored. One
    /// question however many are asked for.
    /// </summary>
    ValueTask<IReadOnlyList<LogEnd?>> ReadEndsAsync(IReadOnlyList<SessionKey> keys, CancellationToken cancellation);

    /// <summary>
    /// The commits whose changes lie after a revision, oldest first: whole commits until
    /// <paramref name="maxBytes"/> are reached, at least one if there is any. Large values count, each once; those
    /// of the last commit may go beyond. A commit that begins at or before the revision and ends after it is
    /// included whole; commits without a change are left out. Null if the session is not stored. A caller
    /// who asks from below <see cref="LogPage.Floor"/> must not use what it gets: history keeps single
    /// commits there, with gaps between them.
    /// </summary>
    ValueTask<LogPage?> ReadLogAsync(SessionKey key, long afterRevision, int maxBytes, CancellationToken cancellation);

    /// <summary>
    /// As <see cref="ReadLogAsync"/>, of a session that has ended and whose log was kept. Its name may stand for
    /// another by now: <paramref name="createdAt"/>, when it was made, tells which one is meant. Null if there is no
    /// such log, or none any more: a store may let go of it before its time, never of a part of it.
    /// </summary>
    ValueTask<LogPage?> ReadEndedLogAsync(
        SessionKey key, DateTimeOffset createdAt, long afterRevision, int maxBytes, CancellationToken cancellation);

    /// <summary>
    /// Lets go of the logs of ended sessions that were to be kept until <paramref name="now"/> or earlier. What they
    /// take is given free behind that. To be called now and then.
    /// </summary>
    ValueTask PurgeEndedAsync(DateTimeOffset now);

    /// <summary>
    /// One variable's values, newest first: starts at the change of revision <paramref name="newest"/> and
    /// follows <c>ChangeRecord.previous</c> until <paramref name="limit"/> are found or the chain ends in
    /// the part of the log that is no longer kept.
    /// </summary>
    ValueTask<IReadOnlyList<StoredChange>> ReadChainAsync(SessionKey key, long newest, int limit, CancellationToken cancellation);

    /// <summary>Sessions whose stored expiry is at or before <paramref name="now"/>, soonest first.</summary>
    ValueTask<IReadOnlyList<SessionKey>> ListExpiredAsync(DateTimeOffset now, int limit, CancellationToken cancellation);

    /// <summary>Sessions of a tenant in the order of their ids (of the bytes of their UTF-8), those after <paramref name="afterId"/>.</summary>
    ValueTask<IReadOnlyList<StoredSummary>> ListAsync(string tenant, string afterId, int limit, CancellationToken cancellation);

    /// <summary>
    /// The longest newest part of the log, above its floor, that has at most <paramref name="maxBytes"/>; nothing of a session that
    /// is not stored. Looks at as many commits as that part has, but not at what they hold.
    /// </summary>
    ValueTask<LogExtent> MeasureLogAsync(SessionKey key, long maxBytes, CancellationToken cancellation);

    /// <summary>
    /// Lets go of what no one may ask for any more. The floor rises to the newest end of a commit that
    /// <see cref="Retention"/> lets it rise to; it never falls. Commits at or below it go, unless they come
    /// after the checkpoint or hold one of the newest <see cref="Retention.HistoryLimit"/> values of a
    /// variable; so do large values to which nothing stored refers. Answers with nothing of a session that is not stored. May take as long as reading the session's log, and never
    /// keeps other sessions waiting for that.
    /// </summary>
    ValueTask<TrimmedLog> TrimAsync(SessionKey key, Retention retention, CancellationToken cancellation);

    /// <summary>The number of sessions stored. Cheap: does not count.</summary>
    long Count { get; }
}
