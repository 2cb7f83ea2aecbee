using Google.Protobuf;
using Snakepit.Protocol.Bridge;
using Snakepit.Sessions;

namespace Snakepit.Storage.Hosting;

/// <summary>Use, expiry, the end of the session, and leaving memory.</summary>
/// <remarks>
/// The last use is kept in memory. The store has an upper bound of it, put off by a slack each time it is
/// stored: so a crash can make a session expire that much late, never early. Where another process may take the
/// session over, the store's is also far enough ahead, while there are watchers, for them to find the new owner.
/// </remarks>
public sealed partial class SessionHost
{
    // Whether the stored expiry is later than the last use makes it, for the sake of watchers.
    private bool _isStoredAsWatched;

    /// <summary>Whether the host has nothing to do and nobody has used the session for a while.</summary>
    public bool IsIdle(DateTimeOffset now)
    {
        lock (_gate)
        {
            return !_closed && CanLeaveMemory(now);
        }
    }

    /// <summary>Keeps a watched session alive; tells whether one that nobody uses has expired.</summary>
    public bool HasExpired(DateTimeOffset now)
    {
        lock (_gate)
        {
            if (_closed || _state is null)
            {
                return false;
            }

            if (WatcherCount() == 0)
            {
                if (!_isStoredAsWatched)
                {
                    return IsExpired(now);
                }

                // The last watcher has left: what was stored for its sake is taken back.
                _touchDue = DateTimeOffset.MinValue;
                _isStoredAsWatched = false;
            }
        }

        TryUse();
        return false;
    }

    /// <summary>Ends the session if it has expired: the owner decides, whoever nominated it.</summary>
    public async ValueTask EndIfExpiredAsync() => await EndAsync(onlyIfExpired: true).ConfigureAwait(false);

    /// <summary>Writes what the store does not have yet and closes the host; false if it was needed after all.</summary>
    /// <param name="now">The time; <see cref="DateTimeOffset.MaxValue"/> = whether idle or not.</param>
    public async Task<bool> TryLeaveMemoryAsync(DateTimeOffset now)
    {
        Checkpoint? owed;
        lock (_gate)
        {
            if (_closed || !CanLeaveMemory(now))
            {
                return _closed;
            }

            BeginMaintenance();
            owed = TakeCheckpoint();
        }

        await StoreCheckpointAsync(owed).ConfigureAwait(false);
        lock (_gate)
        {
            EndMaintenance();
            if (_closed || !CanLeaveMemory(now) || !_checkpoint.IsClean)
            {
                return _closed;
            }

            MarkClosed(ended: false);
        }

        _context.Closed(this);
        return true;
    }

    /// <summary>
    /// Stores what only memory has and closes, watched or not, as soon as the commands under way are answered. What
    /// cannot be stored is in the log all the same.
    /// </summary>
    public async Task LeaveMemoryAsync(CancellationToken cancellation)
    {
        await EnqueueAsync(new PendingCommand(PendingPurpose.Leave)).AsTask().WaitAsync(cancellation).ConfigureAwait(false);
    }

    private async Task LeaveAsync(PendingCommand pending)
    {
        await BeginMaintenanceAsync().ConfigureAwait(false);
        Checkpoint? owed = null;
        lock (_gate)
        {
            owed = _state is null ? null : TakeCheckpoint();
        }

        if (owed is not null)
        {
            await StoreCheckpointAsync(owed).ConfigureAwait(false);
        }

        // Stale from now on: whoever still waits here must go to the new owner, not load the session here once more.
        CloseAsStale();
        EndMaintenance();
        pending.SetResult(Moved);
    }

    private bool CanLeaveMemory(DateTimeOffset now) =>
        !_running && _maintenance is null && _state is not null && WatcherCount() == 0 && now - _context.Policy.IdleTime >= _lastUsed &&
        _expected?.AreLive(now) != true;

    private bool TryUse()
    {
        var now = _context.Clock.Now;
        lock (_gate)
        {
            if (IsExpired(now.Earliest))
            {
                return false;
            }

            _lastUsed = now.Latest;
            if (now.Latest < _touchDue)
            {
                return true;
            }

            _touchDue = DateTimeOffset.MaxValue;
        }

        _context.TouchDue(this);
        return true;
    }

    private bool IsExpired(DateTimeOffset now) =>
        !_closed && _state is not null && !IsFresh(now) && now >= ExpiresAt() && WatcherCount() == 0;

    // Not expired, as it is not even time to put the stored expiry off. Says this with less to look at than the time to live is
    // behind: every call asks. While that expiry is being put off, and where it is a watched session's, it cannot tell.
    private bool IsFresh(DateTimeOffset now) => now < _touchDue && _touchDue != DateTimeOffset.MaxValue && !_isStoredAsWatched;

    // Another process judges by what is stored: where there may be one, so does this.
    private DateTimeOffset ExpiresAt()
    {
        var expiresAt = _lastUsed + _state!.Ttl(_context.Settings);
        return _context.Policy.ConfirmedFor is null || expiresAt > _storedExpiry ? expiresAt : _storedExpiry;
    }

    // Under the lock, by who stores it next.
    private void NoteStoredExpiry()
    {
        var byUse = ExpiryToStore(_lastUsed, _state!.Ttl(_context.Settings));
        var byWatch = _context.Clock.Latest + _context.Policy.StoredWhileWatched;
        _isStoredAsWatched = byWatch > byUse && WatcherCount() > 0;
        _storedExpiry = _isStoredAsWatched ? byWatch : byUse;
        _touchDue = TouchDueBehind(_storedExpiry);
    }

    private static DateTimeOffset ExpiryToStore(DateTimeOffset lastUsed, TimeSpan ttl) => lastUsed + ttl + Slack(ttl);

    private DateTimeOffset TouchDueBehind(DateTimeOffset storedExpiry)
    {
        var ttl = _state!.Ttl(_context.Settings);
        var due = storedExpiry - ttl - (Slack(ttl) / 2);
        var dueByWatch = storedExpiry - (_context.Policy.StoredWhileWatched * 2 / 3);
        return _isStoredAsWatched && dueByWatch < due ? dueByWatch : due;
    }

    private static TimeSpan Slack(TimeSpan ttl) => TimeSpan.FromTicks(Math.Min(ttl.Ticks / 10, TimeSpan.TicksPerMinute));

    private async ValueTask<Outcome<IMessage>> EndExpiredAsync()
    {
        var ended = await EndAsync(onlyIfExpired: true).ConfigureAwait(false);
        return ended.IsRefused ? ended.Refusal : Moved;
    }

    private ValueTask<Outcome<IMessage>> EndAsync(bool onlyIfExpired) =>
        EnqueueAsync(new PendingCommand(onlyIfExpired ? PendingPurpose.EndIfExpired : PendingPurpose.End));

    private async Task EndSessionAsync(PendingCommand pending)
    {
        var onlyIfExpired = pending.Purpose == PendingPurpose.EndIfExpired;
        if (_state is null || (onlyIfExpired && !HasExpired(_context.Clock.Earliest)))
        {
            pending.SetResult(new CleanupSessionResponse { Success = true });
            return;
        }

        var removed = _state.VariableCount + _state.Tools.Count;
        DateTimeOffset? expiredBy = onlyIfExpired && _context.Policy.ConfirmedFor is not null ? _context.Clock.Earliest : null;
        var keepLogUntil = KeepLogUntil(onlyIfExpired);

        // What is still being written of this session must not meet another of its name.
        await BeginMaintenanceAsync().ConfigureAwait(false);
        NoteWriting(true);
        try
        {
            var result = await _context.Store
                .DeleteAsync(Key, _state.CommitNumber, _state.Revision, expiredBy, keepLogUntil).ConfigureAwait(false);
            if (result == AppendResult.Stored)
            {
                Close(ended: true);
            }
            else
            {
                CloseAsStale();
            }

            pending.SetResult(result == AppendResult.Stored
                ? new CleanupSessionResponse { Success = true, ResourcesCleaned = removed }
                : Moved);
        }
        catch (StoreException failure)
        {
            _context.StoreFailed(Key, failure);
            if (failure.OutcomeUnknown)
            {
                CloseAsStale();
            }

            pending.SetResult(Refusal.Unavailable($"{(failure.OutcomeUnknown
                ? "whether the session was ended is unknown"
                : "the session could not be ended")}: {failure.ForCaller}"));
        }
        finally
        {
            NoteWriting(false);
            EndMaintenance();
        }
    }

    // Watchers that have not read all of the log go on reading it when the session has ended. One that has expired had
    // none for longer than they need to be heard of.
    private DateTimeOffset? KeepLogUntil(bool hasExpired)
    {
        lock (_gate)
        {
            var mayBeWatched = WatcherCount() > 0
                || (!hasExpired && _wasStored && _context.Time.GetElapsedTime(_loadedAt) < _context.Policy.WatchersReturnWithin);
            return mayBeWatched ? _context.Clock.Latest + _context.Policy.EndedLogLasts : null;
        }
    }

    // An end takes along what it may not change.
    private Refusal? WhyNotEnd(Requester requester)
    {
        lock (_gate)
        {
            return _state is null || _state.RestrictedCount == 0 || requester.Administers
                || !_state.Variables.Any(variable => variable.Access is { } access && (access.IsReadOnly || !access.MayWrite(requester)))
                ? null
                : Refusal.Denied($"{requester.Name} may not change all variables of session {Key.SessionId}: who administers it can end it");
        }
    }
}
