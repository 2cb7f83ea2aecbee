using Snakepit.Protocol.Storing;

namespace Snakepit.Storage.Hosting;

/// <summary>Lets go of what the log need not keep.</summary>
public sealed partial class SessionHost
{
    // Fewer changes than this since the last trim are not worth another.
    private const long LeastToTrim = 1_000;

    private static readonly TimeSpan RetryTrim = TimeSpan.FromMinutes(1);

    private long _floor;
    private long _trimmedAt;

    // Of the log above the floor, or more; of what a trim left below it.
    private long _logBytes;
    private long _historyBytes;

    // Behind one that failed.
    private DateTimeOffset _noTrimBefore;

    // Under the lock, and the two below.
    private bool IsTrimDue => (HasManyBytes || HasManyChanges) && _context.Clock.Latest >= _noTrimBefore;

    // A trim reads what is kept: let as much come as a quarter of that before the next, and what it costs a change does not grow.
    private bool HasManyChanges
    {
        get
        {
            var changes = _state!.Revision - _trimmedAt;
            return changes >= LeastToTrim
                && changes >= (_context.Policy.ReplayableChanges + ((long)_state.VariableCount * _state.HistoryLimit(_context.Settings))) / 4;
        }
    }

    private bool HasManyBytes
    {
        get
        {
            var kept = _context.Policy.ReplayableBytes;
            return _logBytes - kept > Math.Max(kept, _historyBytes) / 4;
        }
    }

    private LogSize LogSize => new() { Bytes = _logBytes, HistoryBytes = _historyBytes, TrimmedAt = _trimmedAt };

    /// <param name="isCheckpointed">Whether the checkpoint that was to come before it is stored.</param>
    private async Task TrimAsync(bool isCheckpointed)
    {
        long revision, bytes;
        bool hasManyBytes;
        int historyLimit;
        lock (_gate)
        {
            _noTrimBefore = _context.Clock.Latest + RetryTrim;
            if (!isCheckpointed || _closed || _state is null)
            {
                return;
            }

            (revision, bytes, hasManyBytes) = (_state.Revision, _logBytes, HasManyBytes);
            historyLimit = _state.HistoryLimit(_context.Settings);
        }

        try
        {
            var trimming = TrimAsync(revision, historyLimit, hasManyBytes);
            var (log, keptBytes) = await StorageMetrics.MeasureAsync("trim", StorageMetrics.BeginOperation(), trimming).ConfigureAwait(false);
            lock (_gate)
            {
                StorageMetrics.Trimmed(Math.Max(0, log.Floor - _floor));
                _floor = Math.Max(_floor, log.Floor);
                _trimmedAt = revision;
                _logBytes -= bytes - (keptBytes ?? bytes);
                _historyBytes = log.HistoryBytes;
                _noTrimBefore = default;
            }
        }
        catch (Exception failure)
        {
            _context.StoreFailed(Key, failure);
        }
    }

    // Answers also with the bytes that are kept above the floor, where they were counted.
    private async ValueTask<(TrimmedLog Log, long? KeptBytes)> TrimAsync(long revision, int historyLimit, bool hasManyBytes)
    {
        var (policy, store) = (_context.Policy, _context.Store);
        var after = revision - policy.ReplayableChanges;
        long? keptBytes = null;
        if (hasManyBytes)
        {
            var kept = await store.MeasureLogAsync(Key, policy.ReplayableBytes, CancellationToken.None).ConfigureAwait(false);
            after = Math.Max(after, kept.After);
            keptBytes = kept.Bytes;
        }

        var retention = new Retention(after, _context.Clock.Earliest - policy.ReplayableAge, historyLimit);
        return (await store.TrimAsync(Key, retention, CancellationToken.None).ConfigureAwait(false), keptBytes);
    }
}
