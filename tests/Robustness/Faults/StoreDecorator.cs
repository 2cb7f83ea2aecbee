using Snakepit.Sessions;
using Snakepit.Storage;

namespace Snakepit.Tests.Robustness.Faults;

/// <summary>
/// One process's way to a store that outlives it. Passes everything on; a fault changes one thing. After a crash nothing
/// passes any more, whoever of the dead process still asks.
/// </summary>
internal class StoreDecorator(ISessionStore inner) : ISessionStore
{
    private volatile bool _crashed;

    public long Count => inner.Count;

    protected ISessionStore Inner => inner;

    public virtual void Crash() => _crashed = true;

    public virtual ValueTask<StoredSession> LoadAsync(SessionKey key, CancellationToken cancellation) =>
        Living().LoadAsync(key, cancellation);

    public virtual ValueTask<AppendResult> AppendAsync(SessionKey key, Commit commit) => Living().AppendAsync(key, commit);

    public virtual ValueTask CheckpointAsync(SessionKey key, Checkpoint checkpoint) => Living().CheckpointAsync(key, checkpoint);

    public virtual ValueTask<AppendResult> DeleteAsync(
        SessionKey key, long lastCommit, long lastRevision, DateTimeOffset? expiredBy = null, DateTimeOffset? keepLogUntil = null) =>
        Living().DeleteAsync(key, lastCommit, lastRevision, expiredBy, keepLogUntil);

    public virtual ValueTask TouchAsync(IReadOnlyList<SessionExpiry> expiries) => Living().TouchAsync(expiries);

    public virtual ValueTask<IReadOnlyList<LogEnd?>> ReadEndsAsync(IReadOnlyList<SessionKey> keys, CancellationToken cancellation) =>
        Living().ReadEndsAsync(keys, cancellation);

    public virtual ValueTask<LogPage?> ReadLogAsync(SessionKey key, long afterRevision, int maxBytes, CancellationToken cancellation) =>
        Living().ReadLogAsync(key, afterRevision, maxBytes, cancellation);

    public virtual ValueTask<LogPage?> ReadEndedLogAsync(
        SessionKey key, DateTimeOffset createdAt, long afterRevision, int maxBytes, CancellationToken cancellation) =>
        Living().ReadEndedLogAsync(key, createdAt, afterRevision, maxBytes, cancellation);

    public virtual ValueTask PurgeEndedAsync(DateTimeOffset now) => Living().PurgeEndedAsync(now);

    public virtual ValueTask<IReadOnlyList<StoredChange>> ReadChainAsync(
        SessionKey key, long newest, int limit, CancellationToken cancellation) =>
        Living().ReadChainAsync(key, newest, limit, cancellation);

    public virtual ValueTask<IReadOnlyList<SessionKey>> ListExpiredAsync(
        DateTimeOffset now, int limit, CancellationToken cancellation) =>
        Living().ListExpiredAsync(now, limit, cancellation);

    public virtual ValueTask<IReadOnlyList<StoredSummary>> ListAsync(
        string tenant, string afterId, int limit, CancellationToken cancellation) =>
        Living().ListAsync(tenant, afterId, limit, cancellation);

    public virtual ValueTask<LogExtent> MeasureLogAsync(SessionKey key, long maxBytes, CancellationToken cancellation) =>
        Living().MeasureLogAsync(key, maxBytes, cancellation);

    public virtual ValueTask<TrimmedLog> TrimAsync(SessionKey key, Retention retention, CancellationToken cancellation) =>
        Living().TrimAsync(key, retention, cancellation);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private ISessionStore Living() =>
        _crashed ? throw new StoreException("the process is dead", outcomeUnknown: true) : inner;
}
