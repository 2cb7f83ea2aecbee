namespace Snakepit.Storage.Hosting;

/// <summary>Brings the store's rows up to date behind the log.</summary>
public sealed partial class SessionHost
{
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
        lock (_gate)
        {
            if (_maintenance is not null || _closed || _state is null)
            {
                return;
            }

            var trims = IsTrimDue && _context.TryBeginTrim();
            if (trims || _checkpoint.Commits >= _context.Policy.CheckpointCommits || _checkpoint.Bytes >= _context.Policy.CheckpointBytes)
            {
                BeginMaintenance();
                var owed = TakeCheckpoint();
                _ = Task.Run(() => MaintainAsync(owed, trims));
            }
        }
    }

    private async Task MaintainAsync(Checkpoint owed, bool trims)
    {
        var isStored = await StoreCheckpointAsync(owed).ConfigureAwait(false);
        if (trims)
        {
            // What the checkpoint does not have would not be let go of.
            await TrimAsync(isStored).ConfigureAwait(false);
            _context.EndTrim();
        }

        EndMaintenance();
    }

    // Under the lock.
    private Checkpoint TakeCheckpoint()
    {
        NoteStoredExpiry();
        return _checkpoint.Take(_state!, _storedExpiry, LogSize);
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
            await StorageMetrics.MeasureAsync("checkpoint", StorageMetrics.BeginOperation(), _context.Store.CheckpointAsync(Key, owed)).ConfigureAwait(false);
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
}
