using Orleans.Streams;
using Snakepit.Grains;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions;
using Snakepit.Storage.Hosting;

namespace Snakepit.GrpcGateway.Cluster;

/// <summary>
/// One session that this gateway has watchers of: what its owner and its stream say of it goes to the one listener
/// all of them share. What they say may be late, lost or repeated; the listener copes.
/// </summary>
/// <param name="key">The session.</param>
/// <param name="listener">Of all its watchers.</param>
/// <param name="succeeded">
/// Called once when it turns out that another session has its name by now: where this one's log ended is to be found out.
/// </param>
internal sealed class WatchedSession(SessionKey key, ICommitListener listener, Action<WatchedSession> succeeded)
{
    private readonly Lock _gate = new();
    private long _createdAt;
    private long _announced;
    private bool _ended;
    private bool _isSucceeded;
    private bool _hasHeard;
    private long _foundBefore;

    public SessionKey Key { get; } = key;

    public int Watchers => listener.WatcherCount;

    /// <summary>When the session was made, in microseconds since 1970; 0 = its owner has not said yet.</summary>
    public long CreatedAt
    {
        get
        {
            lock (_gate)
            {
                return _createdAt;
            }
        }
    }

    /// <summary>The subscription of its stream; null = none, or not yet. Set by whoever has the turn to listen.</summary>
    public StreamSubscriptionHandle<WireMessage>? Handle { get; set; }

    /// <summary>Whether it was given up. Guarded by the lock of <see cref="WatchedSessions"/>.</summary>
    public bool IsLeft { get; set; }

    /// <summary>One at a time subscribes to the stream, or gives it up.</summary>
    public SemaphoreSlim Listening { get; } = new(1, 1);

    /// <summary>The clock's timestamp when the owner last answered; 0 = not yet.</summary>
    public long RenewedAt { get; set; }

    /// <summary>Whether it should be renewed at once.</summary>
    public bool IsRenewalDue { get; set; }

    /// <summary>How often in a row something was found that the stream had not announced.</summary>
    public int Missed { get; set; }

    /// <summary>How often in a row the store did not have the session.</summary>
    public int Missing { get; set; }

    public bool HasEnded
    {
        get
        {
            lock (_gate)
            {
                return _ended;
            }
        }
    }

    /// <summary>The owner says which session it is: that of its first answer, or another that has taken the name since.</summary>
    public void Identify(long createdAt)
    {
        lock (_gate)
        {
            if (_createdAt == 0)
            {
                _createdAt = createdAt;
            }

            IsThis(createdAt);
        }
    }

    /// <summary>The owner says which session it is and where it stands, when the watch begins.</summary>
    public void OnOwner(Protocol.Storing.WatchedSession state)
    {
        Identify(state.CreatedAt);
        Advance(state.CreatedAt, state.Revision);
    }

    /// <summary>The store is about to be asked where the session stands.</summary>
    public void OnQuestion()
    {
        lock (_gate)
        {
            _hasHeard = false;
        }
    }

    /// <summary>
    /// The store says where the session stood. True if that must be read from the log. A stream that has spoken since the
    /// question is only late, and is waited for until the next one: who reads the log for each of its delays reads
    /// everything twice.
    /// </summary>
    public bool Find(long createdAt, long revision)
    {
        lock (_gate)
        {
            var isLate = _hasHeard && _announced >= _foundBefore;
            _foundBefore = revision;
            if (isLate)
            {
                return false;
            }
        }

        return Advance(createdAt, revision);
    }

    /// <summary>The session is at least at this revision. True if nobody had said so yet.</summary>
    public bool Advance(long createdAt, long revision)
    {
        lock (_gate)
        {
            if (!IsThis(createdAt) || revision <= _announced)
            {
                return false;
            }

            _announced = revision;
        }

        listener.OnCommit(revision, []);
        return true;
    }

    public Task OnEventAsync(WireMessage item)
    {
        var announced = (SessionEvent)item.Content;
        lock (_gate)
        {
            if (_createdAt == 0 || !IsThis(announced.CreatedAt))
            {
                return Task.CompletedTask;
            }

            Missed = 0;
            _hasHeard = true;
            _announced = Math.Max(_announced, announced.Revision);
        }

        if (announced.Updates.Count > 0)
        {
            listener.OnCommit(announced.PreviousRevision, ToLogged(announced));
        }
        else if (announced.Revision > 0)
        {
            listener.OnCommit(announced.Revision, []);
        }

        if (announced.Ended)
        {
            End();
        }

        return Task.CompletedTask;
    }

    /// <summary>The session is gone; the listener has been told how far it came, or that cannot be known.</summary>
    public void End()
    {
        lock (_gate)
        {
            if (_ended)
            {
                return;
            }

            _ended = true;
        }

        listener.OnClosed(ended: true);
    }

    // Under the lock. Of an earlier session of the name something may still come; a later one means that this has ended.
    private bool IsThis(long createdAt)
    {
        if (createdAt > _createdAt && !_ended && !_isSucceeded)
        {
            _isSucceeded = true;
            ThreadPool.UnsafeQueueUserWorkItem(succeeded, this, preferLocal: false);
        }

        return createdAt == _createdAt && !_ended;
    }

    private static List<LoggedUpdate> ToLogged(SessionEvent announced)
    {
        var revision = announced.PreviousRevision;
        var updates = new List<LoggedUpdate>(announced.Updates.Count);
        foreach (var update in announced.Updates)
        {
            updates.Add(new LoggedUpdate(++revision, update.UpdateType, update.VariableId, update.VariableName, update.Encoded)
            {
                Access = VariableAccess.OfStored(update.AccessControlJson),
            });
        }

        return updates;
    }
}
