using Snakepit.Sessions;
using Snakepit.Storage.Hosting;

namespace Snakepit.Bridge.Watching;

/// <summary>
/// One session's changes, for all watchers of this process: hears them once, in order, and keeps the newest
/// in a ring that each watcher reads at its own cursor. Whoever falls out of the ring reads the log until it
/// is back in it: so nothing is dropped, and no order of events can leave a gap.
/// </summary>
/// <remarks>
/// What arrives is only a doorbell. A commit that does not follow the newest revision restarts the ring
/// behind it, and every watcher before it finds itself fallen out.
/// </remarks>
internal sealed partial class SessionFeed : ICommitListener
{
    private readonly Lock _gate = new();
    private readonly WatchSettings _settings;
    private readonly UpdateRing _ring;
    private readonly HashSet<Watcher> _watchers = [];
    private FeedState _state = FeedState.Open;
    private volatile int _watcherCount;

    public SessionFeed(SessionKey key, WatchSettings settings)
    {
        Key = key;
        _settings = settings;
        _ring = new UpdateRing(settings.RingUpdates, settings.RingBytes);
    }

    public SessionKey Key { get; }

    public int WatcherCount => _watcherCount;

    /// <summary>The newest revision that it has heard of.</summary>
    public long Newest
    {
        get
        {
            lock (_gate)
            {
                return _ring.Newest;
            }
        }
    }

    /// <summary>Whether the session it was attached to is gone; there may be another of the same id.</summary>
    public bool HasEnded
    {
        get
        {
            lock (_gate)
            {
                return _state == FeedState.Ended;
            }
        }
    }

    /// <summary>Adds a watcher; false if the feed has no place for any more: it has ended, or its session has.</summary>
    public bool TryAdd(Watcher watcher)
    {
        lock (_gate)
        {
            // Of an ended session's name there may be another by now, which this feed will never hear of.
            if (_state is not (FeedState.Open or FeedState.Draining))
            {
                return false;
            }

            _watchers.Add(watcher);
            _watcherCount = _watchers.Count;
            return true;
        }
    }

    /// <summary>Takes a watcher out; true if it was the last one, and the feed is closed by that.</summary>
    public bool Remove(Watcher watcher)
    {
        Subscription? subscription;
        bool isLast;
        lock (_gate)
        {
            if (!_watchers.Remove(watcher) || _state == FeedState.Closed)
            {
                return false;
            }

            _parked.Remove(watcher);
            _watcherCount = _watchers.Count;
            subscription = _subscription;
            isLast = _watchers.Count == 0;
            if (isLast)
            {
                _state = FeedState.Closed;
            }
        }

        (isLast ? subscription?.Cancel : subscription?.WatcherLeft)?.Invoke();
        return isLast;
    }

    /// <summary>The session is at least at this revision: what lies between is to be read from the log.</summary>
    public void Advance(long revision)
    {
        lock (_gate)
        {
            if (revision > _ring.Newest)
            {
                _ring.Restart(revision);
                ScheduleCheck();
            }
        }
    }

    public void OnCommit(long previousRevision, IReadOnlyList<LoggedUpdate> updates)
    {
        lock (_gate)
        {
            if (previousRevision > _ring.Newest)
            {
                _ring.Restart(previousRevision);
            }

            foreach (var update in updates)
            {
                if (update.Revision > _ring.Newest)
                {
                    _ring.Append(update);
                }
            }

            if (_watchers.Count == 0)
            {
                _ring.Restart(_ring.Newest);
            }

            ScheduleCheck();
        }
    }

    /// <summary>Lets every watcher send what there is, and end.</summary>
    public void End(FeedState why)
    {
        lock (_gate)
        {
            if (_state == FeedState.Open)
            {
                _state = why;
                ScheduleCheck();
            }
        }
    }

    /// <summary>What the watcher should do next.</summary>
    /// <param name="watcher">Of this feed.</param>
    /// <param name="batch">Room for the updates to send.</param>
    /// <param name="count">How many they are; 0 where the step is another.</param>
    public FeedStep Take(Watcher watcher, Span<LoggedUpdate?> batch, out int count)
    {
        count = 0;
        lock (_gate)
        {
            if (watcher.Signals != WatchSignals.None)
            {
                return FeedStep.Signalled;
            }

            if (watcher.Cursor >= _ring.Newest)
            {
                switch (_state)
                {
                    case FeedState.Ended:
                        return FeedStep.Ended;
                    case FeedState.Draining:
                        return FeedStep.Draining;
                    case FeedState.Unreachable:
                        return FeedStep.Unreachable;
                    default:
                        Park(watcher);
                        return FeedStep.Parked;
                }
            }

            if (watcher.Cursor + 1 < _ring.Oldest)
            {
                return FeedStep.Behind;
            }

            if (watcher.IsFlushing)
            {
                return FeedStep.Flushing;
            }

            var bytes = 0;
            while (watcher.Cursor < _ring.Newest && count < batch.Length && bytes < _settings.BatchBytes)
            {
                var update = _ring[++watcher.Cursor];
                if (watcher.Selects(update))
                {
                    batch[count++] = update;
                    bytes += update.Encoded.Length;
                }
            }

            return FeedStep.Updates;
        }
    }
}
