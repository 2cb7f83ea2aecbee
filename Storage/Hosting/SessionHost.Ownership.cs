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

    // Between a commit, or the end of the session, and its outcome; who must know the outcome waits for the second.
    private bool _isWriting;
    private TaskCompletionSource? _written;

    // What a command answers is confirmed by its commit, or where it commits nothing, after it. To initialize a
    // session that exists is to read it.
    private bool MustConfirm(IMessage request) =>
        (IsUnconfirmed() && (!SessionCommands.IsCommand(request) || request is InitializeSessionRequest)) || IsBehind(request);

    private bool IsUnconfirmed() =>
        _context.Policy.ConfirmedFor is { } duration && _context.Time.GetElapsedTime(Volatile.Read(ref _confirmedAt)) > duration;

    private bool IsBehind(IMessage request)
    {
        if (RevisionKnownTo(request) is not (> 0 and var revision))
        {
            return false;
        }

        lock (_gate)
        {
            return _state is not null && _state.Revision < revision;
        }
    }

    // A revision above the committed one is known from the log. A commit is there before it is shown: one of this host's
    // that is under way, or another owner's.
    private static long RevisionKnownTo(IMessage request) => request switch
    {
        GetVariableRequest get => get.AtLeastRevision,
        WatchVariablesRequest watch => watch.FromRevision,
        _ => 0,
    };

    private async ValueTask<Outcome<IMessage>> ConfirmAndDispatchAsync(
        IMessage request, Requester requester, CancellationToken cancellation)
    {
        var confirmed = _context.Policy.ConfirmedFor is null ? AwaitWriteAsync() : ConfirmAsync(afresh: IsBehind(request));
        var refusal = await confirmed.WaitAsync(cancellation).ConfigureAwait(false);
        return refusal ?? await DispatchAndTidy(request, requester, cancellation).ConfigureAwait(false);
    }

    // All that the only owner of a store has to ask.
    private async Task<Refusal?> AwaitWriteAsync()
    {
        Task outcome;
        lock (_gate)
        {
            outcome = WriteInFlight();
        }

        await outcome.ConfigureAwait(false);
        return null;
    }

    /// <summary>Asks the store whether this host has the newest commit; a refusal where it has not, or cannot tell.</summary>
    /// <param name="afresh">
    /// An answer that is under way will not do: it may be older than what the caller has learnt elsewhere.
    /// </param>
    private Task<Refusal?> ConfirmAsync(bool afresh = false)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return Task.FromResult<Refusal?>(Moved);
            }

            if (_confirming is not { IsCompleted: false } underWay)
            {
                return _confirming = ConfirmOnceAsync();
            }

            return afresh ? ConfirmAfterAsync(underWay) : underWay;
        }
    }

    private async Task<Refusal?> ConfirmAfterAsync(Task<Refusal?> underWay) =>
        await underWay.ConfigureAwait(false) ?? await ConfirmAsync().ConfigureAwait(false);

    private async Task<Refusal?> ConfirmOnceAsync()
    {
        // The lock of ConfirmAsync must not be held while the store is asked.
        await Task.Yield();
        while (true)
        {
            var asked = _context.Time.GetTimestamp();
            LogEnd? end;
            try
            {
                end = (await _context.Store.ReadEndsAsync([Key], CancellationToken.None).ConfigureAwait(false))[0];
            }
            catch (StoreException failure)
            {
                _context.StoreFailed(Key, failure);
                return Refusal.Unavailable(failure.ForCaller);
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
                outcome = WriteInFlight();
            }

            if (outcome.IsCompleted)
            {
                CloseAsStale();
                return Moved;
            }

            await outcome.ConfigureAwait(false);
        }
    }

    private Task WriteInFlight()
    {
        if (!_isWriting)
        {
            return Task.CompletedTask;
        }

        _written ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _written.Task;
    }

    private void NoteWriting(bool isWriting)
    {
        TaskCompletionSource? awaited;
        lock (_gate)
        {
            _isWriting = isWriting;
            (awaited, _written) = (_written, null);
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
            && ((end.CommitNumber < _state.CommitNumber && end.Revision <= _state.Revision) || (end.CommitNumber == _state.CommitNumber && end.Revision == _state.Revision));
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
