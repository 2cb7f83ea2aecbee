using System.Collections.Concurrent;
using Google.Protobuf;
using Snakepit.Protocol.Administration;
using Snakepit.Protocol.Bridge;
using Snakepit.Sessions;
using Snakepit.Sessions.Queries;

namespace Snakepit.Storage.Hosting;

/// <summary>
/// The sessions of one process: finds a session's host, or loads it. One host a session at any time; one
/// that closes is replaced by the next call.
/// </summary>
public sealed partial class SessionDirectory : IAsyncDisposable
{
    // A session moves once in a while. One that does so each time it is asked has a store that fails each time.
    private const int MaxAttempts = 20;

    private readonly ConcurrentDictionary<SessionKey, SessionHost> _hosts = new();

    // Guarded by itself. What has been loaded is among the hosts before it is no longer found here.
    private readonly Dictionary<SessionKey, Task<SessionHost>> _loading = [];
    private readonly HostContext _context;
    private long _lastReport;

    public SessionDirectory(ISessionStore store, SessionSettings settings, HostPolicy policy, TimeProvider time)
    {
        _context = new HostContext(store, settings, policy, time)
        {
            Closed = host => _hosts.TryRemove(new(host.Key, host)),
            TouchDue = NoteTouchDue,
            Watched = host => _watched.TryAdd(host, default),
            StoreFailed = Report,
        };
        _lastPurge = time.GetTimestamp();
    }

    /// <summary>Told of what the store could not do, once in ten seconds at the most: a full disk fails every commit.</summary>
    public Action<SessionKey, Exception>? StoreFailed { get; init; }

    /// <summary>Sessions in memory.</summary>
    public int ActiveCount => _hosts.Count;

    public bool IsActive(SessionKey key) => _hosts.ContainsKey(key);

    /// <summary>Whether the session is in memory, or on its way there.</summary>
    public bool IsActiveOrLoading(SessionKey key)
    {
        if (IsActive(key))
        {
            return true;
        }

        // It may have arrived between the two looks.
        lock (_loading)
        {
            return _loading.ContainsKey(key) || IsActive(key);
        }
    }

    /// <summary>Those of the sessions that are in memory; looking at them does not use them.</summary>
    public Dictionary<SessionKey, SessionSummary> Describe(IEnumerable<SessionKey> keys)
    {
        var found = new Dictionary<SessionKey, SessionSummary>();
        foreach (var key in keys)
        {
            if (_hosts.TryGetValue(key, out var host) && host.Describe() is { } summary)
            {
                found[key] = summary;
            }
        }

        return found;
    }

    /// <summary>Answers a request of the server's own, as <see cref="CallAsync(SessionKey, IMessage, Requester, CancellationToken)"/>.</summary>
    public ValueTask<Outcome<IMessage>> CallAsync(SessionKey key, IMessage request, CancellationToken cancellation) =>
        CallAsync(key, request, Requester.Unrestricted, cancellation);

    /// <summary>
    /// Answers a query of a session that is in memory, if that is all there is to do; false = it is for
    /// <see cref="CallAsync(SessionKey, IMessage, Requester, CancellationToken)"/>.
    /// </summary>
    public bool TryAnswer(SessionKey key, IMessage request, Requester requester, out Outcome<IMessage> answer)
    {
        answer = default;
        return SessionQueries.IsQuery(request) && _hosts.TryGetValue(key, out var host)
            && host.TryAnswer(request, requester, out answer);
    }

    /// <summary>
    /// Answers a request that names a session, on whatever host the session has. Where another process may own the
    /// session (<see cref="HostPolicy.ConfirmedFor"/>), <see cref="SessionHost.Moved"/> if the host found that it
    /// does not, or cannot know: then the session's owner must be asked again.
    /// </summary>
    public ValueTask<Outcome<IMessage>> CallAsync(
        SessionKey key, IMessage request, Requester requester, CancellationToken cancellation)
    {
        if (_hosts.TryGetValue(key, out var host))
        {
            var answer = host.CallAsync(request, requester, cancellation);
            if (!answer.IsCompletedSuccessfully)
            {
                return RetryAsync(host, answer, key, request, requester, cancellation);
            }

            var outcome = answer.Result;
            return ReferenceEquals(outcome.Refusal, SessionHost.Moved)
                ? RetryAsync(host, new(outcome), key, request, requester, cancellation)
                : new(outcome);
        }

        return RetryAsync(null, new(SessionHost.Moved), key, request, requester, cancellation);
    }

    /// <summary>The session's host, loaded if need be; of a session that does not exist, too.</summary>
    /// <exception cref="StoreException">It could not be loaded.</exception>
    public async ValueTask<SessionHost> GetHostAsync(SessionKey key, CancellationToken cancellation)
    {
        while (true)
        {
            if (!_hosts.TryGetValue(key, out var host))
            {
                host = await BeginToLoad(key).WaitAsync(cancellation).ConfigureAwait(false);
            }

            if (!host.IsClosed)
            {
                return host;
            }

            _hosts.TryRemove(new(key, host));
        }
    }

    /// <summary>
    /// Lets a listener hear a session's commits on the host that it has now; refused as a call is, and where the listener
    /// is of another session that had the name. A listener that is subscribed already stays so.
    /// </summary>
    /// <exception cref="StoreException">The session could not be loaded.</exception>
    public async ValueTask<Outcome<SubscribedSession>> SubscribeAsync(
        SessionKey key, ICommitListener listener, CancellationToken cancellation)
    {
        while (true)
        {
            // A listener keeps a session alive: one that has expired must end before, not be revived.
            var beat = await CallAsync(key, new HeartbeatRequest { SessionId = key.SessionId }, cancellation).ConfigureAwait(false);
            if (beat.IsRefused)
            {
                return beat.Refusal;
            }

            var host = await GetHostAsync(key, cancellation).ConfigureAwait(false);
            if (host.TrySubscribe(listener) is { } subscribed)
            {
                return subscribed;
            }

            var isMoved = host.IsClosed;

            // A host that is open has no session, or only one whose making is not stored yet, or not the listener's.
            host.CloseIfAbsent();
            if (!isMoved)
            {
                return Refusal.SessionNotFound(key.SessionId);
            }
        }
    }

    /// <summary>
    /// Lets a session leave memory though it may be in use: what is under way is finished, what only memory has is
    /// stored. Who calls afterwards loads it anew.
    /// </summary>
    public async Task LeaveAsync(SessionKey key, CancellationToken cancellation)
    {
        if (_hosts.TryGetValue(key, out var host))
        {
            await host.LeaveMemoryAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Writes all that is only in memory: checkpoints and last uses. Calls must have ceased.</summary>
    public async ValueTask DisposeAsync()
    {
        await ForEachAsync(_hosts.Values, static host => host.LeaveMemoryAsync(CancellationToken.None)).ConfigureAwait(false);
        await _touching.WaitAsync().ConfigureAwait(false);
        _touching.Dispose();
    }

    private async ValueTask<Outcome<IMessage>> RetryAsync(
        SessionHost? host,
        ValueTask<Outcome<IMessage>> first,
        SessionKey key,
        IMessage request,
        Requester requester,
        CancellationToken cancellation)
    {
        try
        {
            var outcome = await first.ConfigureAwait(false);
            for (var attempt = 0; ReferenceEquals(outcome.Refusal, SessionHost.Moved); attempt++)
            {
                if (_context.Policy.ConfirmedFor is not null && host is { IsStale: true })
                {
                    return SessionHost.Moved;
                }

                if (attempt == MaxAttempts)
                {
                    return Refusal.Unavailable(
                        $"session {key} moved {attempt} times while it was asked; whether the call had an effect is unknown");
                }

                host = await GetHostAsync(key, cancellation).ConfigureAwait(false);
                outcome = await host.CallAsync(request, requester, cancellation).ConfigureAwait(false);
            }

            return outcome;
        }
        catch (StoreException failure)
        {
            Report(key, failure);
            return Refusal.Unavailable(failure.ForCaller);
        }
    }

    private Task<SessionHost> BeginToLoad(SessionKey key)
    {
        lock (_loading)
        {
            if (_hosts.TryGetValue(key, out var host))
            {
                return Task.FromResult(host);
            }

            if (!_loading.TryGetValue(key, out var loading))
            {
                loading = LoadAsync(key);
                _loading.Add(key, loading);
            }

            return loading;
        }
    }

    private async Task<SessionHost> LoadAsync(SessionKey key)
    {
        // The lock must not be held while the store is asked.
        await Task.Yield();
        try
        {
            var asked = _context.Time.GetTimestamp();
            var loading = StorageTracing.Cause is { } cause
                ? StorageTracing.RunAsync("load", [cause], () => ReadAsync(key))
                : ReadAsync(key);
            var stored = await loading.ConfigureAwait(false);
            return _hosts[key] = new SessionHost(key, stored, asked, _context);
        }
        finally
        {
            // Here rather than by who waits: they may all have left, and the next caller must find nothing old.
            lock (_loading)
            {
                _loading.Remove(key);
            }
        }
    }

    private ValueTask<StoredSession> ReadAsync(SessionKey key) =>
        StorageMetrics.MeasureAsync("load", StorageMetrics.BeginOperation(), _context.Store.LoadAsync(key, CancellationToken.None));

    private void Report(SessionKey key, Exception failure)
    {
        var last = Volatile.Read(ref _lastReport);
        var now = _context.Time.GetUtcNow().UtcTicks;
        if (now - last >= 10 * TimeSpan.TicksPerSecond && Interlocked.CompareExchange(ref _lastReport, now, last) == last)
        {
            StoreFailed?.Invoke(key, failure);
        }
    }
}
