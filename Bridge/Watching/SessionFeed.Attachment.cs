using Snakepit.Storage;

namespace Snakepit.Bridge.Watching;

/// <summary>The feed's place with the session's owner, which may change while the session goes on.</summary>
internal sealed partial class SessionFeed
{
    private Task<bool>? _attached;
    private int _attempts;
    private Subscription? _subscription;
    private long _createdAt;

    /// <summary>Called when the owner has closed though the session goes on: the feed must subscribe anew.</summary>
    public Action<SessionFeed>? Detached { get; init; }

    /// <summary>When its session was made, in microseconds since 1970; 0 = it is not subscribed yet.</summary>
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

    /// <summary>
    /// Subscribes with the session's owner, once for all watchers; false if there is no such session. A feed
    /// that could not subscribe takes no further watcher: the next one begins anew, on another feed.
    /// </summary>
    public Task<bool> AttachAsync(ISessions sessions)
    {
        lock (_gate)
        {
            return _attached ??= AttachOnceAsync(sessions);
        }
    }

    /// <summary>Subscribes with the session's present owner; false if the session has ended: so has the feed then.</summary>
    /// <exception cref="StoreException">The owner or the log could not be reached.</exception>
    public async Task<bool> ReattachAsync(ISessions sessions)
    {
        // The lock of AttachAsync must not be held while the owner is asked.
        await Task.Yield();
        var attempt = Interlocked.Increment(ref _attempts);
        var subscription = await sessions.SubscribeAsync(Key, this, CancellationToken.None).ConfigureAwait(false);
        if (subscription is null)
        {
            await SeeOffAsync(sessions).ConfigureAwait(false);
            return false;
        }

        bool isKept;
        lock (_gate)
        {
            // An owner can close as soon as it is subscribed to: then a later attempt may be through already.
            isKept = _state != FeedState.Closed && attempt == Volatile.Read(ref _attempts);
            if (isKept)
            {
                _subscription = subscription;
            }
        }

        if (!isKept)
        {
            subscription.Cancel();
        }

        return true;
    }

    /// <summary>
    /// To be called when the session has turned out to be gone, of which its owner may not have told: the feed goes as
    /// far as the log came, and ends there.
    /// </summary>
    /// <exception cref="StoreException">The log could not be reached; the feed has not ended.</exception>
    public async Task SeeOffAsync(ISessions sessions)
    {
        if (CreatedAt is not 0 and var createdAt && await sessions
            .ReadEndedLogAsync(Key, UnixTime.FromMicroseconds(createdAt), long.MaxValue, maxBytes: 1, CancellationToken.None)
            .ConfigureAwait(false) is { } log)
        {
            Advance(log.LastRevision);
        }

        End(FeedState.Ended);
    }

    /// <summary>A feed is of one session, though others may have its name after it.</summary>
    public bool OnSubscribed(DateTimeOffset createdAt, long revision)
    {
        lock (_gate)
        {
            var number = UnixTime.ToMicroseconds(createdAt);
            if (_createdAt == 0)
            {
                _createdAt = number;
            }

            if (_createdAt != number)
            {
                return false;
            }

            Advance(revision);
            return true;
        }
    }

    public void OnClosed(bool ended)
    {
        if (ended)
        {
            End(FeedState.Ended);
        }
        else
        {
            // Called under the owner's lock; subscribing anew calls the owner.
            ThreadPool.UnsafeQueueUserWorkItem(static feed => feed.Detached?.Invoke(feed), this, preferLocal: false);
        }
    }

    private async Task<bool> AttachOnceAsync(ISessions sessions)
    {
        try
        {
            return await ReattachAsync(sessions).ConfigureAwait(false);
        }
        catch
        {
            End(FeedState.Unreachable);
            throw;
        }
    }
}
