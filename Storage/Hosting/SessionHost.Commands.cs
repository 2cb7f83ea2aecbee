using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using Snakepit.Sessions;
using Snakepit.Sessions.Commands;

namespace Snakepit.Storage.Hosting;

/// <summary>The command loop: one group of commands after another, each group one commit.</summary>
public sealed partial class SessionHost
{
    private ValueTask<Outcome<IMessage>> ExecuteAsync(SessionCommand command) => EnqueueAsync(new PendingCommand(command));

    private ValueTask<Outcome<IMessage>> EnqueueAsync(PendingCommand pending)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return new(Moved);
            }

            if (pending.Command is not null && Overload(pending) is { } refusal)
            {
                return new(refusal);
            }

            _waiting.Enqueue(pending);
            if (_running)
            {
                return new(pending.Task);
            }

            _running = true;
        }

        _ = RunAsync();
        return new(pending.Task);
    }

    // What ends a session or moves it must always find room.
    private Refusal? Overload(PendingCommand pending) => _waiting.Count >= _context.Policy.MaxWaitingPerSession
        ? Refusal.Exhausted($"{_context.Policy.MaxWaitingPerSession} commands wait for session {Key.SessionId}, which is the limit; nothing was changed")
        : _context.Backlog.Add(pending.Bytes);

    // Never throws: whatever goes wrong is answered to the callers it concerns.
    private async Task RunAsync()
    {
        // That of whoever came first, so far.
        StorageTracing.WorkFor(null);
        var group = new List<PendingCommand>();
        while (TryPeek(out var next))
        {
            group.Clear();
            try
            {
                if (next.Command is null)
                {
                    group.Add(Dequeue());
                    await (next.Purpose == PendingPurpose.Leave ? LeaveAsync(next) : EndSessionAsync(next)).ConfigureAwait(false);
                }
                else
                {
                    await RunGroupAsync(group).ConfigureAwait(false);
                }
            }
            catch (Exception bug)
            {
                // What the state here is worth is unknown: the next host takes it from the store.
                CloseAsStale();
                group.ForEach(pending => pending.TrySetException(bug));
            }

            _context.Backlog.Remove(_taken.Commands, _taken.Bytes);
            _taken = default;
        }
    }

    private bool TryPeek([MaybeNullWhen(false)] out PendingCommand next)
    {
        lock (_gate)
        {
            if (_waiting.TryPeek(out next))
            {
                return true;
            }

            _running = false;
            if (_state is not null || _closed)
            {
                return false;
            }

            MarkClosed(ended: true);
        }

        _context.Closed(this);
        return false;
    }

    private PendingCommand Dequeue()
    {
        lock (_gate)
        {
            return _waiting.Dequeue();
        }
    }

    private bool TryDequeueCommand([NotNullWhen(true)] out PendingCommand? pending)
    {
        lock (_gate)
        {
            if (_waiting.TryPeek(out pending) && pending.Command is not null)
            {
                _waiting.Dequeue();
                _taken = (_taken.Commands + 1, _taken.Bytes + pending.Bytes);
                return true;
            }

            pending = null;
            return false;
        }
    }

    private async Task RunGroupAsync(List<PendingCommand> group)
    {
        var draft = RunCommands(group);
        if (!draft.IsEmpty && !await CommitAsync(draft, group).ConfigureAwait(false))
        {
            return;
        }

        if (draft.IsEmpty && IsUnconfirmed() && await ConfirmAsync().ConfigureAwait(false) is { } refusal)
        {
            Answer(group, _ => refusal);
            return;
        }

        foreach (var pending in group)
        {
            pending.SetResult(pending.Reply);
        }

        if (!draft.IsEmpty)
        {
            MaintainIfDue();
        }
    }

    private SessionDraft RunCommands(List<PendingCommand> group)
    {
        ForgetRequests();
        var draft = NewDraft();
        while (group.Count < _context.Policy.MaxGroup && draft.Bytes < _context.Policy.MaxGroupBytes && TryDequeueCommand(out var pending))
        {
            try
            {
                pending.Reply = RunCommand(draft, pending.Command!);
                group.Add(pending);
            }
            catch (Exception bug)
            {
                // The draft may hold half of a command: the others run again on a new one, nothing is committed of it.
                pending.SetException(bug);
                draft = NewDraft();
                foreach (var earlier in group)
                {
                    earlier.Reply = RunCommand(draft, earlier.Command!);
                }
            }
        }

        return draft;
    }

    // Before the commands, not after: a memory that is full must not refuse what would find room in it by now.
    private void ForgetRequests()
    {
        lock (_gate)
        {
            while (_state is not null && _state.Requests.TryForget(_context.Clock.Earliest, out var forgotten))
            {
                _checkpoint.NoteForgotten(forgotten);
            }
        }
    }

    // Reads the committed state without the lock: only this loop changes it.
    private SessionDraft NewDraft() => new(_state, _firstRevision, _context.Settings, _context.Time.GetUtcNow());

    private Outcome<IMessage> RunCommand(SessionDraft draft, SessionCommand command)
    {
        if (!draft.SessionExists && SessionCommands.CreatesSession(command.Request) && _context.Store.Count >= _context.Policy.MaxSessions)
        {
            return Refusal.Exhausted($"{_context.Store.Count} sessions are stored, the limit is {_context.Policy.MaxSessions}");
        }

        return SessionCommands.Execute(draft, command, Key.SessionId);
    }

    /// <summary>Says no more: waiting commands are sent to the session's owner, listeners are told.</summary>
    /// <param name="ended">Whether the session is gone, rather than elsewhere.</param>
    private void Close(bool ended)
    {
        PendingCommand[] waiting;
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }

            waiting = [.. _waiting];
            _waiting.Clear();
            MarkClosed(ended);
        }

        _context.Closed(this);
        foreach (var pending in waiting)
        {
            _context.Backlog.Remove(pending.Command is null ? 0 : 1, pending.Bytes);
            pending.SetResult(Moved);
        }
    }

    /// <summary>
    /// Closes the host of a session that does not exist, as it is kept only while someone waits on it; true if
    /// there is no such session.
    /// </summary>
    public bool CloseIfAbsent()
    {
        lock (_gate)
        {
            if (_closed || _running || _state is not null)
            {
                return false;
            }

            MarkClosed(ended: true);
        }

        _context.Closed(this);
        return true;
    }

    private void MarkClosed(bool ended)
    {
        _closed = true;
        foreach (var listener in _listeners)
        {
            listener.OnClosed(ended);
        }

        _listeners = [];
    }
}
