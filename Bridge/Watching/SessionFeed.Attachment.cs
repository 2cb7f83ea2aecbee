namespace Snakepit.Bridge.Watching;

/// <summary>The feed's place with the session's owner, which may change while the session goes on.</summary>
internal sealed partial class SessionFeed
{
    private Task<bool>? _attached;
    private int _attempts;
    private Subscription? _subscription;

    /// <summary>Called when the owner has closed though the session goes on: the feed must subscribe anew.</summary>
    public Action<SessionFeed>? Detached { get; init; }

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

    /// <summary>Subscribes with the session's present owner; false if there is no such session any more.</summary>
    public async Task<bool> ReattachAsync(ISessions sessions)
    {
        // The lock of AttachAsync must not be held while the owner is asked.
        await Task.Yield();
        var attempt = Interlocked.Increment(ref _attempts);
        var subscription = await sessions.SubscribeAsync(Key, this, CancellationToken.None).ConfigureAwait(false);
        if (subscription is null)
        {
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

        Advance(subscription.Revision);
        return true;
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
            var isAttached = await ReattachAsync(sessions).ConfigureAwait(false);
            if (!isAttached)
            {
                End(FeedState.Ended);
            }

            return isAttached;
        }
        catch
        {
            End(FeedState.Unreachable);
            throw;
        }
    }
}
