using Snakepit.Sessions;

namespace Snakepit.Storage.Memory;

/// <summary>Sessions and calculations that end with the process: for throw-away use and tests.</summary>
public sealed class MemoryStore : ISessionStore
{
    private const int MostKeptLogs = 1_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<SessionKey, MemorySession> _sessions = [];
    private readonly Dictionary<string, long> _endedRevisions = [];
    private readonly KeptLogs<MemorySession> _kept = new(MostKeptLogs);
    private readonly SortedSet<SessionKey> _order = new(ByName);
    private readonly SortedSet<(DateTimeOffset At, SessionKey Key)> _expiries = new(ByExpiry);

    /// <summary>The calculator's part.</summary>
    public ICalculationStore Calculations { get; } = new MemoryCalculations();

    public long Count
    {
        get
        {
            lock (_gate)
            {
                return _sessions.Count;
            }
        }
    }

    private static Comparer<SessionKey> ByName { get; } = Comparer<SessionKey>.Create((one, other) =>
        Utf8Order.Instance.Compare(one.Tenant, other.Tenant) is var order and not 0
            ? order
            : Utf8Order.Instance.Compare(one.SessionId, other.SessionId));

    private static Comparer<(DateTimeOffset At, SessionKey Key)> ByExpiry { get; } =
        Comparer<(DateTimeOffset At, SessionKey Key)>.Create((one, other) =>
            one.At.CompareTo(other.At) is var order and not 0 ? order : ByName.Compare(one.Key, other.Key));

    public ValueTask<StoredSession> LoadAsync(SessionKey key, CancellationToken cancellation)
    {
        lock (_gate)
        {
            return new(_sessions.TryGetValue(key, out var session)
                ? session.Load()
                : new StoredSession(false, 0, _endedRevisions.GetValueOrDefault(key.Tenant), 0, default, null, null, [], [], []));
        }
    }

    public ValueTask<AppendResult> AppendAsync(SessionKey key, Commit commit)
    {
        CommitShape.Verify(commit);
        lock (_gate)
        {
            if (_sessions.TryGetValue(key, out var session))
            {
                if (commit.Number != session.Number + 1 || commit.FirstRevision != session.Revision + 1)
                {
                    return new(AppendResult.Fenced);
                }

                session.Append(commit);
                return new(AppendResult.Stored);
            }

            if (commit.Number != 1 || commit.FirstRevision <= _endedRevisions.GetValueOrDefault(key.Tenant))
            {
                return new(AppendResult.Fenced);
            }

            _sessions.Add(key, new MemorySession(commit));
            _order.Add(key);
            _expiries.Add((commit.ExpiresAt, key));
            return new(AppendResult.Stored);
        }
    }

    public ValueTask CheckpointAsync(SessionKey key, Checkpoint checkpoint)
    {
        lock (_gate)
        {
            if (_sessions.TryGetValue(key, out var session) && session.Checkpoint(checkpoint))
            {
                Touch(key, session, checkpoint.ExpiresAt);
            }
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<AppendResult> DeleteAsync(
        SessionKey key, long lastCommit, long lastRevision, DateTimeOffset? expiredBy = null, DateTimeOffset? keepLogUntil = null)
    {
        lock (_gate)
        {
            var session = _sessions.GetValueOrDefault(key);
            if ((session?.Number ?? 0) != lastCommit ||
                (session is not null && (session.Revision != lastRevision || session.ExpiresAt > expiredBy)))
            {
                return new(AppendResult.Fenced);
            }

            if (session is not null)
            {
                _endedRevisions[key.Tenant] = Math.Max(_endedRevisions.GetValueOrDefault(key.Tenant), session.Revision);
                _sessions.Remove(key);
                _order.Remove(key);
                _expiries.Remove((session.ExpiresAt, key));
                if (keepLogUntil is { } until)
                {
                    session.KeepOnlyLog();
                    _kept.Add(key, session.CreatedAt, until, session);
                }
            }

            return new(AppendResult.Stored);
        }
    }

    public ValueTask TouchAsync(IReadOnlyList<SessionExpiry> expiries)
    {
        lock (_gate)
        {
            foreach (var (key, expiresAt) in expiries)
            {
                if (_sessions.TryGetValue(key, out var session))
                {
                    Touch(key, session, expiresAt);
                }
            }
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<IReadOnlyList<LogEnd?>> ReadEndsAsync(IReadOnlyList<SessionKey> keys, CancellationToken cancellation)
    {
        lock (_gate)
        {
            return new([.. keys.Select(key => _sessions.GetValueOrDefault(key)?.End)]);
        }
    }

    public ValueTask<LogPage?> ReadLogAsync(SessionKey key, long afterRevision, int maxBytes, CancellationToken cancellation)
    {
        lock (_gate)
        {
            return new(_sessions.GetValueOrDefault(key)?.ReadLog(afterRevision, maxBytes));
        }
    }

    public ValueTask<LogPage?> ReadEndedLogAsync(
        SessionKey key, DateTimeOffset createdAt, long afterRevision, int maxBytes, CancellationToken cancellation)
    {
        lock (_gate)
        {
            return new(_kept.Find(key, createdAt)?.ReadLog(afterRevision, maxBytes));
        }
    }

    public ValueTask PurgeEndedAsync(DateTimeOffset now)
    {
        _kept.TakeDue(now);
        return ValueTask.CompletedTask;
    }

    public ValueTask<IReadOnlyList<StoredChange>> ReadChainAsync(
        SessionKey key,
        long newest,
        int limit,
        CancellationToken cancellation)
    {
        lock (_gate)
        {
            return new(_sessions.GetValueOrDefault(key)?.ReadChain(newest, limit) ?? []);
        }
    }

    public ValueTask<IReadOnlyList<SessionKey>> ListExpiredAsync(DateTimeOffset now, int limit, CancellationToken cancellation)
    {
        lock (_gate)
        {
            return new([.. _expiries.TakeWhile(expiry => expiry.At <= now).Take(limit).Select(expiry => expiry.Key)]);
        }
    }

    public ValueTask<IReadOnlyList<StoredSummary>> ListAsync(
        string tenant,
        string afterId,
        int limit,
        CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (_order.Count == 0 || ByName.Compare(_order.Max, new(tenant, afterId)) <= 0)
            {
                return new([]);
            }

            var after = _order.GetViewBetween(new(tenant, afterId), _order.Max)
                .SkipWhile(key => key.SessionId == afterId)
                .TakeWhile(key => key.Tenant == tenant)
                .Take(limit);
            return new([.. after.Select(key => new StoredSummary(key, _sessions[key].Header, _sessions[key].ExpiresAt))]);
        }
    }

    public ValueTask<LogExtent> MeasureLogAsync(SessionKey key, long maxBytes, CancellationToken cancellation)
    {
        lock (_gate)
        {
            return new(_sessions.GetValueOrDefault(key)?.Measure(maxBytes) ?? default);
        }
    }

    public ValueTask<TrimmedLog> TrimAsync(SessionKey key, Retention retention, CancellationToken cancellation)
    {
        lock (_gate)
        {
            return new(_sessions.GetValueOrDefault(key)?.Trim(retention) ?? default);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Touch(SessionKey key, MemorySession session, DateTimeOffset expiresAt)
    {
        _expiries.Remove((session.ExpiresAt, key));
        session.ExpiresAt = expiresAt;
        _expiries.Add((expiresAt, key));
    }
}
