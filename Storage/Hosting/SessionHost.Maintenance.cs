namespace Snakepit.Storage.Hosting;

/// <summary>Brings the store's rows up to date behind the log, and lets go of what the log need not keep.</summary>
public sealed partial class SessionHost
{
    // Fewer changes than this since the last trim are not worth another.
    private const long LeastToTrim = 1_000;

    // One checkpoint, expiry or end at a time: of two checkpoints the store ignores the older one if it comes last, and with
    // it what only that one has; of two expiries the older one would stay, and end a session that was used since.
    private TaskCompletionSource? _maintenance;

    // Whether an expiry was to be taken meanwhile.
    private bool _owesExpiry;

    /// <summary>
    /// The expiry to store now, if it should be put off; it is the caller's duty to store it, and to tell
    /// <see cref="EndTouch"/>. Where something else is being stored, <see cref="HostContext.TouchDue"/> is called again behind that.
    /// </summary>
    public bool TryTakeExpiry(out SessionExpiry expiry)
    {
        lock (_gate)
        {
            expiry = default;
            if (_closed || _state is null)
            {
                return false;
            }

            if (_maintenance is not null)
            {
                _owesExpiry = true;
                return false;
            }

            BeginMaintenance();
            NoteStoredExpiry();
            expiry = new SessionExpiry(Key, _storedExpiry);
            return true;
        }
    }

    /// <summary>The expiry that was taken is stored, or could not be: then the next use asks to store it.</summary>
    public void EndTouch(bool isStored)
    {
        if (!isStored)
        {
            lock (_gate)
            {
                _touchDue = DateTimeOffset.MinValue;
            }
        }

        EndMaintenance();
    }

    private void MaintainIfDue()
    {
        Checkpoint owed;
        lock (_gate)
        {
            var due = _checkpoint.Commits >= _context.Policy.CheckpointCommits || _checkpoint.Bytes >= _context.Policy.CheckpointBytes;
            if (_maintenance is not null || _closed || !due)
            {
                return;
            }

            BeginMaintenance();
            NoteStoredExpiry();
            owed = _checkpoint.Take(_state!, _storedExpiry);
        }

        _ = Task.Run(() => MaintainAsync(owed));
    }

    private async Task MaintainAsync(Checkpoint owed)
    {
        if (await StoreCheckpointAsync(owed).ConfigureAwait(false))
        {
            await TrimIfDueAsync().ConfigureAwait(false);
        }

        EndMaintenance();
    }

    private void BeginMaintenance() =>
        _maintenance = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    private async ValueTask BeginMaintenanceAsync()
    {
        while (true)
        {
            Task underWay;
            lock (_gate)
            {
                if (_maintenance is null)
                {
                    BeginMaintenance();
                    return;
                }

                underWay = _maintenance.Task;
            }

            await underWay.ConfigureAwait(false);
        }
    }

    private void EndMaintenance()
    {
        bool owesExpiry;
        lock (_gate)
        {
            _maintenance!.SetResult();
            _maintenance = null;
            owesExpiry = _owesExpiry && !_closed;
            _owesExpiry = false;
        }

        if (owesExpiry)
        {
            _context.TouchDue(this);
        }
    }

    private async Task<bool> StoreCheckpointAsync(Checkpoint owed)
    {
        try
        {
            await StorageMetrics.MeasureAsync("checkpoint", StorageMetrics.Begin(), _context.Store.CheckpointAsync(Key, owed)).ConfigureAwait(false);
            return true;
        }
        catch (Exception failure)
        {
            lock (_gate)
            {
                _checkpoint.PutBack(owed, _state);
            }

            _context.StoreFailed(Key, failure);
            return false;
        }
    }

    private async Task TrimIfDueAsync()
    {
        Retention retention;
        long revision;
        lock (_gate)
        {
            if (_closed || _state is null)
            {
                return;
            }

            // A trim reads what is kept: let as much come as a quarter of that before the next, and its cost a change is constant.
            var historyLimit = _state.HistoryLimit(_context.Settings);
            var kept = _context.Policy.ReplayableChanges + ((long)_state.VariableCount * historyLimit);
            revision = _state.Revision;
            if (revision - _lastTrim < Math.Max(LeastToTrim, kept / 4))
            {
                return;
            }

            retention = new Retention(
                _context.Policy.ReplayableChanges, _context.Clock.Earliest - _context.Policy.ReplayableAge, historyLimit);
        }

        try
        {
            var trimming = StorageMetrics.MeasureAsync(
                "trim", StorageMetrics.Begin(), _context.Store.TrimAsync(Key, retention, CancellationToken.None));
            var floor = await trimming.ConfigureAwait(false);
            lock (_gate)
            {
                StorageMetrics.Trimmed(Math.Max(0, floor - _floor));
                _floor = Math.Max(_floor, floor);
                _lastTrim = revision;
            }
        }
        catch (Exception failure)
        {
            _context.StoreFailed(Key, failure);
        }
    }
}
