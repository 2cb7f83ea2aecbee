using System.Diagnostics;
using Google.Protobuf;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions;
using Snakepit.Sessions.Commands;

namespace Snakepit.Storage.Hosting;

/// <summary>From a draft to the committed state: stored first, then shown.</summary>
public sealed partial class SessionHost
{
    /// <summary>Stores a draft and makes it the committed state; if that fails, answers the group and returns false.</summary>
    private async Task<bool> CommitAsync(SessionDraft draft, List<PendingCommand> group)
    {
        NoteWriting(true);
        try
        {
            return await TryCommitAsync(draft, group).ConfigureAwait(false);
        }
        finally
        {
            NoteWriting(false);
        }
    }

    private async Task<bool> TryCommitAsync(SessionDraft draft, List<PendingCommand> group)
    {
        var previousRevision = _state?.Revision ?? _firstRevision;
        var expiry = ExpiryToStore(draft.Now, SessionState.Ttl(_state?.Header ?? draft.Header!, _context.Settings));
        var asked = _context.Time.GetTimestamp();
        Commit commit;
        List<Activity>? causes = null;
        try
        {
            commit = new Commit(
                draft.CommitNumber,
                previousRevision + 1,
                draft.Revision,
                draft.Now,
                draft.ToRecord(),
                LargeValuesOf(draft),
                expiry);
            causes = CausesOf(group);
            var appending = causes is null ? AppendAsync(commit) : AppendAsync(commit, causes);
            if (await appending.ConfigureAwait(false) == AppendResult.Fenced)
            {
                CloseAsStale();
                Answer(group, static _ => Moved);
                return false;
            }
        }
        catch (StoreException failure) when (!failure.OutcomeUnknown)
        {
            StorageTracing.WorkFor(causes?[0]);
            _context.StoreFailed(Key, failure);
            Answer(group, _ => Refusal.Unavailable($"nothing was changed: {failure.ForCaller}"));
            return false;
        }
        catch (Exception failure)
        {
            // Whether it happened is known to nobody here. What gives a request_id, or does the same twice, can be asked again safely.
            StorageTracing.WorkFor(causes?[0]);
            _context.StoreFailed(Key, failure);
            CloseAsStale();
            Answer(group, pending => SessionCommands.MayRepeat(pending.Command!.Request)
                ? Moved
                : Refusal.Unavailable($"whether the change was made is unknown: {(failure as StoreException)?.ForCaller ?? "the store failed"}"));
            return false;
        }

        StorageMetrics.Committed(group.Count, draft.Changes.Count);
        Publish(draft, commit, asked);
        return true;
    }

    private ValueTask<AppendResult> AppendAsync(Commit commit) =>
        StorageMetrics.MeasureAsync("append", StorageMetrics.BeginOperation(), _context.Store.AppendAsync(Key, commit));

    private ValueTask<AppendResult> AppendAsync(Commit commit, List<Activity> causes) =>
        StorageTracing.RunAsync("append", causes, () => AppendAsync(commit));

    /// <summary>The calls that a group is of; null = none that anyone follows.</summary>
    private static List<Activity>? CausesOf(List<PendingCommand> group)
    {
        List<Activity>? causes = null;
        foreach (var pending in group)
        {
            if (pending.Cause is { } cause)
            {
                (causes ??= []).Add(cause);
            }
        }

        return causes;
    }

    private void Publish(SessionDraft draft, Commit commit, long asked)
    {
        var bytes = commit.CalculateSize();
        lock (_gate)
        {
            Confirm(asked);
            if (_state is null)
            {
                _state = new SessionState(draft.Header!, 0, _firstRevision, [], []);
                _storedExpiry = commit.ExpiresAt;
                _touchDue = TouchDueBehind(commit.ExpiresAt);
            }

            _state.Apply(draft);
            _checkpoint.Note(draft, bytes);
            _logBytes += bytes;

            if (draft.Changes.Count > 0 && _listeners.Length > 0)
            {
                var updates = draft.Changes.Select(LoggedUpdate.Of).ToArray();
                foreach (var listener in _listeners)
                {
                    listener.OnCommit(commit.FirstRevision - 1, updates);
                }
            }
        }
    }

    private static List<StoredLargeValue> LargeValuesOf(SessionDraft draft)
    {
        var large = new List<StoredLargeValue>();
        foreach (var change in draft.Changes)
        {
            if (change.Variable.LargeValueRevision == change.Revision)
            {
                var value = change.Variable.Value;
                large.Add(new(change.Revision, new LargeValue { Value = value.Any, BinaryValue = value.Binary }));
            }
        }

        return large;
    }

    private static void Answer(List<PendingCommand> group, Func<PendingCommand, Outcome<IMessage>> refusal)
    {
        foreach (var pending in group)
        {
            pending.SetResult(refusal(pending));
        }
    }
}
