using Google.Protobuf;
using Snakepit.Protocol.Bridge;
using Snakepit.Sessions;
using Snakepit.Sessions.Commands;

namespace Snakepit.Storage.Hosting;

/// <summary>
/// Whether what this host knows is what the store has. Commits are fenced by the store, so nothing wrong is ever
/// written; but where another process may have taken the session over, what is read here may be old.
/// </summary>
/// <remarks>
/// Every commit confirms the host. One that has not been confirmed for <see cref="HostPolicy.ConfirmedFor"/> asks
/// the store where the session's log ends before it answers; of those that wait for that answer one asks.
/// </remarks>
public sealed partial class SessionHost
{
    private long _confirmedAt;
    private Task<Refusal?>? _confirming;

    // Between an append and its outcome; who must know the outcome waits for the second.
    private bool _isCommitting;
    private TaskCompletionSource? _committed;

    // What a command answers is confirmed by its commit, or where it commits nothing, after it.
    private bool MustConfirm(IMessage request) =>
        _policy.ConfirmedFor is not null &&
        !SessionCommands.IsCommand(request) &&
        (IsUnconfirmed() || (request is GetVariableRequest { AtLeastRevision: > 0 } get && IsBehind(get.AtLeastRevision)));

    private bool IsUnconfirmed() =>
        _policy.ConfirmedFor is { } duration && _time.GetElapsedTime(Volatile.Read(ref _confirmedAt)) > duration;

    private bool IsBehind(long revision)
    {
        lock (_gate)
        {
            return _state is not null && _state.Revision < revision;
        }
    }

    private async ValueTask<Outcome<IMessage>> ConfirmAndDispatchAsync(IMessage request, CancellationToken cancellation)
    {
        var refusal = await ConfirmAsync().WaitAsync(cancellation).ConfigureAwait(false);
        return refusal ?? await DispatchAndTidy(request, cancellation).ConfigureAwait(false);
    }

    /// <summary>Asks the store whether this host has the newest commit; a refusal where it has not, or cannot tell.</summary>
    private Task<Refusal?> ConfirmAsync()
    {
        lock (_gate)
        {
            if (_closed)
            {
                return Task.FromResult<Refusal?>(Moved);
            }

            return _confirming is { IsCompleted: false } ? _confirming : _confirming = ConfirmOnceAsync();
        }
    }

    private async Task<Refusal?> ConfirmOnceAsync()
    {
        // The lock of ConfirmAsync must not be held while the store is asked.
        await Task.Yield();
        while (true)
        {
            var asked = _time.GetTimestamp();
            LogEnd? end;
            try
            {
                end = (await _store.ReadEndsAsync([Key], CancellationToken.None).ConfigureAwait(false))[0];
            }
            catch (StoreException failure)
            {
                return Refusal.Unavailable(failure.Message);
            }

            Task outcome;
            lock (_gate)
            {
                if (_closed)
                {
                    return Moved;
                }

                if (IsOurs(end))
                {
                    Confirm(asked);
                    return null;
                }

                // A commit of this host's that is stored and not yet shown looks like another's: it will tell.
                outcome = CommitInFlight();
            }

            if (outcome.IsCompleted)
            {
                CloseAsStale();
                return Moved;
            }

            await outcome.ConfigureAwait(false);
        }
    }

    private Task CommitInFlight()
    {
        if (!_isCommitting)
        {
            return Task.CompletedTask;
        }

        _committed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _committed.Task;
    }

    private void NoteCommitting(bool isCommitting)
    {
        TaskCompletionSource? awaited;
        lock (_gate)
        {
            _isCommitting = isCommitting;
            (awaited, _committed) = (_committed, null);
        }

        awaited?.SetResult();
    }

    // The host may have gone on while the store was asked: its own later commits have confirmed it then.
    private bool IsOurs(LogEnd? end)
    {
        if (_state is null || end is null)
        {
            return _state is null && end is null;
        }

        return UnixTime.ToMicroseconds(end.CreatedAt) == UnixTime.ToMicroseconds(_state.Header.CreatedAt.ToDateTimeOffset())
            && (end.CommitNumber < _state.CommitNumber || (end.CommitNumber == _state.CommitNumber && end.Revision == _state.Revision));
    }

    private void Confirm(long asked) => Volatile.Write(ref _confirmedAt, Math.Max(asked, _confirmedAt));

    private void CloseAsStale()
    {
        lock (_gate)
        {
            _isStale = true;
        }

        Close(ended: false);
    }
}
