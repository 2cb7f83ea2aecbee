using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Snakepit.Protocol.Administration;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions;
using Snakepit.Storage;

namespace Snakepit.Bridge.Watching;

/// <summary>All watches of this process: one feed a watched session, shared by its watchers.</summary>
public sealed class WatchHub
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentDictionary<SessionKey, SessionFeed> _feeds = new();

    // Not found through the feeds: one that has ended makes room for its successor while its slow readers linger.
    private readonly ConcurrentDictionary<Watcher, SessionFeed> _watchers = new();

    // Kept, as each watch that begins would make one anew.
    private readonly Func<SessionKey, SessionFeed> _newFeed;
    private readonly ISessions _sessions;
    private readonly SessionLimits _limits;
    private readonly WatchSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private int _watcherCount;
    private volatile bool _draining;

    public WatchHub(ISessions sessions, SessionLimits limits, WatchSettings settings, TimeProvider time, ILogger<WatchHub> logger)
    {
        _newFeed = NewFeed;
        _sessions = sessions;
        _limits = limits;
        _settings = settings;
        _time = time;
        _logger = logger;
    }

    /// <summary>Watches open now.</summary>
    public int WatcherCount => Volatile.Read(ref _watcherCount);

    /// <summary>The watchers that are not level with their sessions now, and by how many revisions the worst is behind. Looks at each.</summary>
    public (int Watchers, long WorstLag) MeasureLag()
    {
        var (behind, worst) = (0, 0L);
        foreach (var (watcher, feed) in _watchers)
        {
            if (feed.LagOf(watcher) is > 0 and var lag)
            {
                behind++;
                worst = Math.Max(worst, lag);
            }
        }

        return (behind, worst);
    }

    /// <summary>The watchers of a session, at most <paramref name="most"/> of them.</summary>
    public ListWatchersResponse Describe(SessionKey key, int most)
    {
        var response = new ListWatchersResponse();
        if (_feeds.TryGetValue(key, out var feed))
        {
            response.Watchers.Add(feed.Describe(most));
            response.WatcherCount = feed.WatcherCount;
        }

        return response;
    }

    /// <summary>Serves one watch until the caller leaves, the session ends or the hub drains.</summary>
    public Task<RpcStatus> WatchAsync(WatchVariablesRequest request, IResponseStream responses, RpcCall call) =>
        WatchRequests.Check(request, _limits) is { } refusal
            ? Task.FromResult(refusal.ToStatus())
            : ServeAsync(new Watch(request, _sessions, _settings, _time, responses, call));

    /// <summary>Lets every watch send what there is and end with UNAVAILABLE. No watch can begin afterwards.</summary>
    public void Drain()
    {
        _draining = true;
        foreach (var (_, feed) in _feeds)
        {
            feed.End(FeedState.Draining);
        }
    }

    /// <summary>Sees to heartbeats and stalled clients. To be called several times per heartbeat time.</summary>
    public void Sweep()
    {
        var now = WatchTicks.Now(_time);
        var silentSince = now - _settings.Heartbeat.Ticks;
        var stalledSince = now - _settings.StallLimit.Ticks;
        foreach (var (watcher, feed) in _watchers)
        {
            if (watcher.IsFlushing)
            {
                if (Volatile.Read(ref watcher.LastSent) <= stalledSince)
                {
                    watcher.GiveUp();
                    feed.Signal(watcher, WatchSignals.GivenUp);
                }
            }
            else if (watcher.IsParked && Volatile.Read(ref watcher.LastSent) <= silentSince)
            {
                feed.Signal(watcher, WatchSignals.HeartbeatDue);
            }
        }
    }

    // What an asynchronous method knows stays in memory as long as it waits, and this one waits as long as the watch lasts.
    private async Task<RpcStatus> ServeAsync(Watch watch)
    {
        var session = watch.Key.SessionId;
        try
        {
            if (Interlocked.Increment(ref _watcherCount) > _settings.MaxWatchers)
            {
                return new RpcStatus(RpcCode.ResourceExhausted, $"the server has {_settings.MaxWatchers} watchers, which is the limit");
            }

            _logger.WatchStarted(session, watch.Watcher.Peer);
            var status = await BeginAsync(watch).ConfigureAwait(false) ?? await watch.RunAsync().ConfigureAwait(false);
            _logger.WatchEnded(session, watch.Watcher.Peer, status.Code, status.Message);
            return status;
        }
        catch (StoreException failure)
        {
            _logger.StoreFailed(session, failure.Message);
            _logger.WatchEnded(session, watch.Watcher.Peer, RpcCode.Unavailable, failure.ForCaller);
            return new RpcStatus(RpcCode.Unavailable, failure.ForCaller);
        }
        catch (OperationCanceledException)
        {
            _logger.WatchLeft(session, watch.Watcher.Peer);
            throw;
        }
        finally
        {
            Leave(watch);
            watch.Dispose();
            Interlocked.Decrement(ref _watcherCount);
        }
    }

    // Finds where the watch begins; a status if it cannot.
    private async ValueTask<RpcStatus?> BeginAsync(Watch watch)
    {
        var since = _time.GetTimestamp();
        while (true)
        {
            // First the feed, then the start: so nothing lies between them.
            await JoinAsync(watch).ConfigureAwait(false);
            var answer = await _sessions
                .CallAsync(watch.Key, watch.Request, watch.Watcher.Requester, watch.Cancellation)
                .ConfigureAwait(false);
            if (answer.IsRefused)
            {
                return answer.Refusal.ToStatus();
            }

            var start = (WatchStart)answer.Value;
            if (watch.Feed is { } feed && await AreOfOneSessionAsync(feed, start, since, watch.Cancellation).ConfigureAwait(false))
            {
                watch.BeginAt(start);
                return null;
            }

            Leave(watch);
        }
    }

    // If the session was made, or made again, between the two, they are not of one session. Then it also sees to what would
    // keep the next two from being.
    private async ValueTask<bool> AreOfOneSessionAsync(
        SessionFeed feed, WatchStart start, long since, CancellationToken cancellation)
    {
        if (start.CreatedAt > feed.CreatedAt)
        {
            // The name stands for a later session: that of the feed has ended, though the feed has not heard of it yet.
            await feed.SeeOffAsync(_sessions).WaitAsync(cancellation).ConfigureAwait(false);
        }
        else if (start.CreatedAt < feed.CreatedAt)
        {
            // An owner has answered whose session has ended and that does not know yet. It is found out in seconds.
            if (_time.GetElapsedTime(since) > _settings.LogPatience)
            {
                var message = $"an owner of session {feed.Key.SessionId} answers for one that has ended";
                throw new StoreException(message, outcomeUnknown: false) { ForCaller = message };
            }

            await Task.Delay(RetryDelay, _time, cancellation).ConfigureAwait(false);
        }

        return start.CreatedAt == feed.CreatedAt && !feed.HasEnded;
    }

    // Finds the watch its feed; none if there is no such session.
    private async ValueTask JoinAsync(Watch watch)
    {
        var watcher = watch.Watcher;
        while (true)
        {
            var feed = _feeds.GetOrAdd(watch.Key, _newFeed);
            if (!feed.TryAdd(watcher))
            {
                _feeds.TryRemove(new(watch.Key, feed));
                continue;
            }

            watch.Feed = feed;
            _watchers[watcher] = feed;
            if (!await feed.AttachAsync(_sessions).WaitAsync(watch.Cancellation).ConfigureAwait(false))
            {
                // There is no such session. One made from now on has another feed.
                Leave(watch);
            }
            else if (_draining)
            {
                feed.End(FeedState.Draining);
            }

            return;
        }
    }

    private SessionFeed NewFeed(SessionKey key) => new(key, _settings) { Detached = feed => _ = ReattachAsync(feed) };

    private void Leave(Watch watch)
    {
        _watchers.TryRemove(watch.Watcher, out _);
        if (watch.Feed is { } feed && feed.Remove(watch.Watcher))
        {
            _feeds.TryRemove(new(feed.Key, feed));
        }

        watch.Feed = null;
    }

    // The owner of the session closed though the session goes on. Its new owner is asked until it answers.
    private async Task ReattachAsync(SessionFeed feed)
    {
        var since = _time.GetTimestamp();
        while (feed.WatcherCount > 0)
        {
            try
            {
                await feed.ReattachAsync(_sessions).ConfigureAwait(false);
                return;
            }
            catch (Exception failure)
            {
                _logger.FeedLost(feed.Key.SessionId, failure.Message);
                if (_time.GetElapsedTime(since) > _settings.LogPatience)
                {
                    feed.End(FeedState.Unreachable);
                    return;
                }

                await Task.Delay(RetryDelay, _time).ConfigureAwait(false);
            }
        }
    }
}
