namespace Snakepit.Bridge.Watching;

/// <summary>Watchers that have everything, and how they hear that there is more.</summary>
internal sealed partial class SessionFeed
{
    /// <summary>How many are woken before other work of the process has a turn.</summary>
    internal const int WokenAtOnce = 64;

    private readonly HashSet<Watcher> _parked = [];

    // Those to be woken, of the one check that runs at a time.
    private readonly List<Watcher> _woken = [];

    // From when the parked ones are to be looked at until all have been woken that must be; and whether more has come since.
    private bool _checking;
    private bool _isDue;

    private void Park(Watcher watcher)
    {
        watcher.Park();
        _parked.Add(watcher);
        if (_parked.Count == _watchers.Count && !_checking)
        {
            // Everyone has everything: a feed at rest holds no updates.
            _ring.Restart(_ring.Newest);
        }
    }

    private void Unpark(Watcher watcher)
    {
        _parked.Remove(watcher);
        watcher.Unpark();
    }

    private void ScheduleCheck()
    {
        _isDue = true;
        if (!_checking && _parked.Count > 0)
        {
            _checking = true;
            ThreadPool.UnsafeQueueUserWorkItem(static feed => feed.CheckParked(), this, preferLocal: false);
        }
    }

    // A round: finds those that wait for what has come, moves the cursors of the others past it, and has the former woken.
    private void CheckParked()
    {
        lock (_gate)
        {
            _isDue = false;
            foreach (var watcher in _parked)
            {
                if (_state != FeedState.Open || MustWake(watcher))
                {
                    _woken.Add(watcher);
                }
            }

            foreach (var watcher in _woken)
            {
                Unpark(watcher);
            }
        }

        Wake(from: 0);
    }

    // Some at a time, with room for other work of the process between: a thousand at once would keep those calls waiting
    // that change what is watched. Who has had a turn waits for the next round, and finds in it all that has come
    // meanwhile, to be sent in one go.
    private void Wake(int from)
    {
        var to = Math.Min(from + WokenAtOnce, _woken.Count);
        for (var n = from; n < to; n++)
        {
            _woken[n].WakeHere();
        }

        if (to < _woken.Count)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                static rest => rest.Feed.Wake(rest.From), (Feed: this, From: to), preferLocal: false);
            return;
        }

        _woken.Clear();
        lock (_gate)
        {
            _checking = false;
            if (_isDue)
            {
                ScheduleCheck();
            }
            else if (_watchers.Count == _parked.Count)
            {
                _ring.Restart(_ring.Newest);
            }
        }
    }

    private bool MustWake(Watcher watcher)
    {
        if (watcher.Cursor + 1 < _ring.Oldest)
        {
            return watcher.Cursor < _ring.Newest;
        }

        while (watcher.Cursor < _ring.Newest)
        {
            if (watcher.Selects(_ring[watcher.Cursor + 1]))
            {
                return true;
            }

            watcher.Cursor++;
        }

        return false;
    }
}
