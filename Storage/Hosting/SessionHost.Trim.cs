namespace Snakepit.Storage.Hosting;

/// <summary>Lets go of what the log need not keep.</summary>
public sealed partial class SessionHost
{
    // Fewer changes than this since the last trim are not worth another.
    private const long LeastToTrim = 1_000;

    private long _floor;
    private long _lastTrim;

    // A trim reads what is kept: let as much come as a quarter of that before the next, and its cost a change is constant.
    // All that is below, under the lock.
    private bool IsTrimDue => HasManyChanges || HasManyBytes;

    private bool HasManyChanges
    {
        get
        {
            var kept = _context.Policy.ReplayableChanges + ((long)_state!.VariableCount * _state.HistoryLimit(_context.Settings));
            return _state.Revision - _lastTrim >= Math.Max(LeastToTrim, kept / 4);
        }
    }

    private bool HasManyBytes => _checkpoint.LogBytes - _context.Policy.ReplayableBytes > _context.Policy.ReplayableBytes / 4;

    // Behind a checkpoint: what that does not have is not let go of.
    private async Task TrimIfDueAsync()
    {
        bool isDue, hasManyBytes;
        long revision, bytes, floor;
        int historyLimit;
        lock (_gate)
        {
            if (_closed || _state is null)
            {
                return;
            }

            (isDue, hasManyBytes) = (HasManyChanges, HasManyBytes);
            (revision, bytes, floor) = (_state.Revision, _checkpoint.LogBytes, _floor);
            historyLimit = _state.HistoryLimit(_context.Settings);
        }

        try
        {
            var policy = _context.Policy;
            var after = revision - policy.ReplayableChanges;
            var kept = bytes;
            if (hasManyBytes)
            {
                var extent = await _context.Store.MeasureLogAsync(Key, policy.ReplayableBytes, CancellationToken.None).ConfigureAwait(false);
                after = Math.Max(after, extent.After);
                kept = extent.Bytes;
                isDue |= extent.After > floor;
            }

            if (isDue)
            {
                await TrimAsync(new Retention(after, _context.Clock.Earliest - policy.ReplayableAge, historyLimit), revision).ConfigureAwait(false);
            }

            lock (_gate)
            {
                _checkpoint.NoteTrimmed(bytes - kept);
            }
        }
        catch (Exception failure)
        {
            _context.StoreFailed(Key, failure);
        }
    }

    private async Task TrimAsync(Retention retention, long revision)
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
}
