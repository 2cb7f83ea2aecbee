using Google.Protobuf;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions;
using Snakepit.Sessions.Queries;

namespace Snakepit.Storage.Hosting;

/// <summary>
/// The only writer of one session, and the keeper of its committed state. Assumes no scheduler: any thread
/// may call it. One short lock guards it and is never held across an await.
/// </summary>
/// <remarks>
/// Commands run one after another on a draft above the committed state; those that arrive while a commit is
/// being stored wait and then go together as the next one. A reply is sent after the store has its commit.
/// Queries see committed state at once and never wait for a commit, unless they name a revision that it may have.
/// </remarks>
public sealed partial class SessionHost
{
    private readonly Lock _gate = new();
    private readonly HostContext _context;
    private readonly Queue<PendingCommand> _waiting = new();
    private readonly CheckpointTracker _checkpoint = new();
    private readonly long _firstRevision;
    private readonly long _loadedAt;
    private readonly bool _wasStored;
    private SessionState? _state;
    private ICommitListener[] _listeners = [];

    // Of the group at hand; of the command loop.
    private (int Commands, long Bytes) _taken;
    private bool _running;
    private bool _closed;
    private bool _isStale;
    private DateTimeOffset _lastUsed;
    private DateTimeOffset _storedExpiry;
    private DateTimeOffset _touchDue;

    /// <param name="key">The session.</param>
    /// <param name="stored">What the store has of it.</param>
    /// <param name="confirmedAt">The clock's timestamp when the store was asked for that.</param>
    /// <param name="context">What all hosts of the directory have in common.</param>
    internal SessionHost(SessionKey key, StoredSession stored, long confirmedAt, HostContext context)
    {
        Key = key;
        _context = context;
        _state = SessionLoader.Load(stored, _checkpoint);
        _firstRevision = stored.Revision;
        _floor = stored.Exists ? stored.Floor : stored.Revision;
        _logBytes = _checkpoint.Bytes;
        if (stored.Header?.Log is { } log)
        {
            (_logBytes, _historyBytes, _trimmedAt) = (_logBytes + log.Bytes, log.HistoryBytes, log.TrimmedAt);
        }

        _trimmedAt = Math.Max(_trimmedAt, _floor);
        _storedExpiry = stored.ExpiresAt;
        _confirmedAt = confirmedAt;
        _loadedAt = confirmedAt;
        _wasStored = stored.Exists;
        _lastUsed = _state is null ? _context.Clock.Latest : stored.ExpiresAt - _state.Ttl(_context.Settings);
        _touchDue = _state is null ? DateTimeOffset.MaxValue : TouchDueBehind(stored.ExpiresAt);
    }

    /// <summary>
    /// The answer of a host that has closed: the session is, or may be, elsewhere by now, and the call had no
    /// effect here. Compared by reference; callers ask the session's owner again.
    /// </summary>
    public static Refusal Moved { get; } = Refusal.Unavailable("the session has moved; the call had no effect");

    public SessionKey Key { get; }

    public bool IsClosed
    {
        get
        {
            lock (_gate)
            {
                return _closed;
            }
        }
    }

    /// <summary>Whether somebody listens to its commits.</summary>
    public bool HasListeners
    {
        get
        {
            lock (_gate)
            {
                return _listeners.Length > 0;
            }
        }
    }

    /// <summary>
    /// Whether the host closed because what it knows of the session is not, or may not be, what the store has:
    /// another process owns the session, or a commit's outcome is unknown.
    /// </summary>
    public bool IsStale
    {
        get
        {
            lock (_gate)
            {
                return _isStale;
            }
        }
    }

    /// <summary>Answers a request of the server's own, as <see cref="CallAsync(IMessage, Requester, CancellationToken)"/>.</summary>
    public ValueTask<Outcome<IMessage>> CallAsync(IMessage request, CancellationToken cancellation) =>
        CallAsync(request, Requester.Unrestricted, cancellation);

    /// <summary>Answers any request that names a session, or refuses it; <see cref="Moved"/> once closed.</summary>
    public ValueTask<Outcome<IMessage>> CallAsync(IMessage request, Requester requester, CancellationToken cancellation)
    {
        if (!TryUse())
        {
            return EndExpiredAsync();
        }

        return MustConfirm(request)
            ? ConfirmAndDispatchAsync(request, requester, cancellation)
            : DispatchAndTidy(request, requester, cancellation);
    }

    private ValueTask<Outcome<IMessage>> DispatchAndTidy(IMessage request, Requester requester, CancellationToken cancellation)
    {
        var answer = Dispatch(request, requester, cancellation);
        if (_state is null && answer.IsCompleted)
        {
            CloseIfAbsent();
        }

        return answer;
    }

    private ValueTask<Outcome<IMessage>> Dispatch(IMessage request, Requester requester, CancellationToken cancellation) => request switch
    {
        _ when SessionQueries.IsQuery(request) => new(Query(request, requester)),
        ListVariablesRequest r => new(List(r, requester)),
        RollbackVariableRequest r => RollBackAsync(r, requester, cancellation),
        GetVariableHistoryRequest r => ReadHistoryAsync(r, requester, cancellation),
        WatchVariablesRequest r => StartWatchAsync(r, requester, cancellation),
        InitializeSessionRequest when TryInitialized(requester) is { } reply => new(reply),
        CleanupSessionRequest => WhyNotEnd(requester) is { } refusal ? new(refusal) : EndAsync(onlyIfExpired: false),
        HeartbeatRequest => new(Beat()),
        OfferTools r => OfferAsync(r, requester),
        ExpectOffer r => new(Expect(r)),
        _ => ExecuteAsync(new SessionCommand(request) { Requester = requester }),
    };

    /// <summary>
    /// Lets a listener hear every commit from now on; null if the host has closed, or there is no such session, or the
    /// listener is of another one.
    /// </summary>
    public SubscribedSession? TrySubscribe(ICommitListener listener)
    {
        SubscribedSession subscribed;
        lock (_gate)
        {
            if (_closed || _state is null)
            {
                return null;
            }

            subscribed = new SubscribedSession(this, _state.Revision, _state.Header.CreatedAt.ToDateTimeOffset());
            if (!listener.OnSubscribed(subscribed.CreatedAt, subscribed.Revision))
            {
                return null;
            }

            if (!_listeners.Contains(listener))
            {
                _listeners = [.. _listeners, listener];
            }
        }

        _context.Watched(this);
        return subscribed;
    }

    public void Unsubscribe(ICommitListener listener)
    {
        lock (_gate)
        {
            _listeners = Array.FindAll(_listeners, other => !ReferenceEquals(other, listener));
            _lastUsed = _context.Clock.Latest;
        }
    }
}
