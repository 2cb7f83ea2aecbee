namespace Snakepit.Storage.Hosting;

/// <summary>Brings the store's rows up to date behind the log, and lets go of what the log need not keep.</summary>
public sealed partial class SessionHost
{
    // Fewer changes than this since the last trim are not worth another.
    private const long LeastToTrim = 1_000;

    // One checkpoint at a time: of two the store ignores the older one if it comes last, and with it what only that one has.
    private TaskCompletionSource? _maintenance;

    /// <summary>Told of each commit, checkpoint or trim that failed. Checkpoints and trims are tried again later.</summary>
    public Action<SessionHost, Exception>? StoreFailed { get; init; }

    private void MaintainIfDue()
    {
        Checkpoint owed;
        lock (_gate)
        {
            var due = _checkpoint.Commits >= _policy.CheckpointCommits || _checkpoint.Bytes >= _policy.CheckpointBytes;
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

    private void EndMaintenance()
    {
        lock (_gate)
        {
            _maintenance!.SetResult();
            _maintenance = null;
        }
    }

    private async Task<bool> StoreCheckpointAsync(Checkpoint owed)
    {
        try
        {
            await StorageMetrics.MeasureAsync("checkpoint", StorageMetrics.Begin(), _store.CheckpointAsync(Key, owed)).ConfigureAwait(false);
            return true;
        }
        catch (Exception failure)
        {
            lock (_gate)
            {
                _checkpoint.PutBack(owed, _state);
            }

            StoreFailed?.Invoke(this, failure);
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
            var historyLimit = _state.HistoryLimit(_settings);
            var kept = _policy.ReplayableChanges + ((long)_state.VariableCount * historyLimit);
            revision = _state.Revision;
            if (revision - _lastTrim < Math.Max(LeastToTrim, kept / 4))
            {
                return;
            }

            retention = new Retention(
                _policy.ReplayableChanges, _clock.Earliest - _policy.ReplayableAge, historyLimit);
        }

        try
        {
            var trimming = StorageMetrics.MeasureAsync(
                "trim", StorageMetrics.Begin(), _store.TrimAsync(Key, retention, CancellationToken.None));
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
            StoreFailed?.Invoke(this, failure);
        }
    }
}
