using System.Collections.Concurrent;
using Snakepit.Sessions;
using Snakepit.Storage;
using Snakepit.Storage.Memory;

namespace Snakepit.Tests.Unit.Support;

public enum StoreVerb
{
    Load,
    Append,
    Checkpoint,
    Delete,
    Touch,
    ReadEnds,
    ReadLog,
    ReadEndedLog,
    Purge,
    ReadChain,
    ListExpired,
    MeasureLog,
    Trim,
}

/// <summary>A store in memory whose calls can be stopped and made to fail, one by one.</summary>
public sealed class InterceptedStore(ISessionStore? inner = null) : ISessionStore
{
    private readonly ISessionStore _inner = inner ?? new MemoryStore();
    private readonly ConcurrentDictionary<StoreVerb, int> _calls = new();
    private readonly ConcurrentDictionary<StoreVerb, ConcurrentQueue<Func<Task>>> _before = new();
    private readonly ConcurrentDictionary<StoreVerb, ConcurrentQueue<Func<Task>>> _after = new();

    public ConcurrentQueue<Commit> Appended { get; } = new();

    public ConcurrentQueue<SessionExpiry> Touched { get; } = new();

    /// <summary>Until when the log was to be kept of each session that was to end; null = not at all.</summary>
    public ConcurrentQueue<DateTimeOffset?> KeptUntil { get; } = new();

    /// <summary>Of the log nothing after this revision is found, whatever was appended.</summary>
    public long LogEnd { get; set; } = long.MaxValue;

    public long Count => _inner.Count;

    public int Calls(StoreVerb verb) => _calls.GetValueOrDefault(verb);

    /// <summary>The next call of that verb stops before it takes effect.</summary>
    public SyncPoint StopBefore(StoreVerb verb) => Stop(_before, verb);

    /// <summary>The next call of that verb stops after it took effect.</summary>
    public SyncPoint StopAfter(StoreVerb verb) => Stop(_after, verb);

    /// <summary>Before the next call of that verb takes effect, something is done.</summary>
    public void Before(StoreVerb verb, Action act) => _before.GetOrAdd(verb, static _ => new()).Enqueue(() =>
    {
        act();
        return Task.CompletedTask;
    });

    /// <summary>The next call of that verb fails and has no effect; whether it says so is another matter.</summary>
    public void FailBefore(StoreVerb verb, bool outcomeUnknown) => Fail(_before, verb, new StoreException("disk on fire", outcomeUnknown));

    public void FailBefore(StoreVerb verb, Exception failure) => Fail(_before, verb, failure);

    /// <summary>The next call of that verb has its effect, but fails with an unknown outcome.</summary>
    public void FailAfter(StoreVerb verb) => Fail(_after, verb, new StoreException("power cut", outcomeUnknown: true));

    public async ValueTask<StoredSession> LoadAsync(SessionKey key, CancellationToken cancellation) =>
        await CallAsync(StoreVerb.Load, () => _inner.LoadAsync(key, cancellation));

    public async ValueTask<AppendResult> AppendAsync(SessionKey key, Commit commit) => await CallAsync(StoreVerb.Append, async () =>
    {
        var result = await _inner.AppendAsync(key, commit);
        if (result == AppendResult.Stored)
        {
            Appended.Enqueue(commit);
        }

        return result;
    });

    public async ValueTask CheckpointAsync(SessionKey key, Checkpoint checkpoint) =>
        await CallAsync(StoreVerb.Checkpoint, () => DoneAsync(_inner.CheckpointAsync(key, checkpoint)));

    public async ValueTask<AppendResult> DeleteAsync(
        SessionKey key, long lastCommit, long lastRevision, DateTimeOffset? expiredBy = null, DateTimeOffset? keepLogUntil = null)
    {
        KeptUntil.Enqueue(keepLogUntil);
        return await CallAsync(
            StoreVerb.Delete, () => _inner.DeleteAsync(key, lastCommit, lastRevision, expiredBy, keepLogUntil));
    }

    public async ValueTask TouchAsync(IReadOnlyList<SessionExpiry> expiries) => await CallAsync(StoreVerb.Touch, () =>
    {
        expiries.ToList().ForEach(Touched.Enqueue);
        return DoneAsync(_inner.TouchAsync(expiries));
    });

    public async ValueTask<IReadOnlyList<LogEnd?>> ReadEndsAsync(IReadOnlyList<SessionKey> keys, CancellationToken cancellation) =>
        await CallAsync(StoreVerb.ReadEnds, () => _inner.ReadEndsAsync(keys, cancellation));

    public async ValueTask<LogPage?> ReadLogAsync(SessionKey key, long afterRevision, int maxBytes, CancellationToken cancellation) =>
        await CallAsync(StoreVerb.ReadLog, async () => UpToEnd(await _inner.ReadLogAsync(key, afterRevision, maxBytes, cancellation)));

    public async ValueTask<LogPage?> ReadEndedLogAsync(
        SessionKey key, DateTimeOffset createdAt, long afterRevision, int maxBytes, CancellationToken cancellation) =>
        await CallAsync(
            StoreVerb.ReadEndedLog, () => _inner.ReadEndedLogAsync(key, createdAt, afterRevision, maxBytes, cancellation));

    public async ValueTask PurgeEndedAsync(DateTimeOffset now) =>
        await CallAsync(StoreVerb.Purge, () => DoneAsync(_inner.PurgeEndedAsync(now)));

    public async ValueTask<IReadOnlyList<StoredChange>> ReadChainAsync(
        SessionKey key, long newest, int limit, CancellationToken cancellation) =>
        await CallAsync(StoreVerb.ReadChain, () => _inner.ReadChainAsync(key, newest, limit, cancellation));

    public async ValueTask<IReadOnlyList<SessionKey>> ListExpiredAsync(
        DateTimeOffset now, int limit, CancellationToken cancellation) =>
        await CallAsync(StoreVerb.ListExpired, () => _inner.ListExpiredAsync(now, limit, cancellation));

    public ValueTask<IReadOnlyList<StoredSummary>> ListAsync(
        string tenant, string afterId, int limit, CancellationToken cancellation) =>
        _inner.ListAsync(tenant, afterId, limit, cancellation);

    public async ValueTask<LogExtent> MeasureLogAsync(SessionKey key, long maxBytes, CancellationToken cancellation) =>
        await CallAsync(StoreVerb.MeasureLog, () => _inner.MeasureLogAsync(key, maxBytes, cancellation));

    public async ValueTask<TrimmedLog> TrimAsync(SessionKey key, Retention retention, CancellationToken cancellation) =>
        await CallAsync(StoreVerb.Trim, () => _inner.TrimAsync(key, retention, cancellation));

    public ValueTask DisposeAsync() => _inner.DisposeAsync();

    private LogPage? UpToEnd(LogPage? page) => page is null || page.LastRevision <= LogEnd
        ? page
        : page with { LastRevision = LogEnd, Commits = [.. page.Commits.Where(commit => commit.LastRevision <= LogEnd)] };

    private static SyncPoint Stop(ConcurrentDictionary<StoreVerb, ConcurrentQueue<Func<Task>>> where, StoreVerb verb)
    {
        var point = new SyncPoint();
        where.GetOrAdd(verb, static _ => new()).Enqueue(point.StopAsync);
        return point;
    }

    private static void Fail(ConcurrentDictionary<StoreVerb, ConcurrentQueue<Func<Task>>> where, StoreVerb verb, Exception failure) =>
        where.GetOrAdd(verb, static _ => new()).Enqueue(() => Task.FromException(failure));

    private static async ValueTask<bool> DoneAsync(ValueTask done)
    {
        await done;
        return true;
    }

    private async Task<T> CallAsync<T>(StoreVerb verb, Func<ValueTask<T>> call)
    {
        _calls.AddOrUpdate(verb, 1, static (_, count) => count + 1);
        await RunNextAsync(_before, verb);
        var result = await call();
        await RunNextAsync(_after, verb);
        return result;
    }

    private static Task RunNextAsync(ConcurrentDictionary<StoreVerb, ConcurrentQueue<Func<Task>>> where, StoreVerb verb) =>
        where.TryGetValue(verb, out var queue) && queue.TryDequeue(out var next) ? next() : Task.CompletedTask;
}
