using System.Threading.Tasks.Sources;
using Snakepit.Protocol.Rpc;
using Snakepit.Sessions;

namespace Snakepit.Bridge.Watching;

/// <summary>
/// One watch's place in its session's feed: a cursor, not a queue. What it has not taken is in the feed's
/// ring or in the log, so a slow reader costs no memory. Fields are guarded by the feed's lock unless said.
/// </summary>
internal sealed class Watcher : IValueTaskSource, IDisposable
{
    private readonly CancellationTokenSource _givenUp = new();
    private ManualResetValueTaskSourceCore<bool> _wake;

    /// <summary>The call it serves.</summary>
    public required RpcCall Call { get; init; }

    /// <summary>Where its updates go. Its own loop writes.</summary>
    public required IResponseStream Responses { get; init; }

    /// <summary>
    /// The client's address, made anew for each who asks. Not to be asked for once its call's handler has answered: by others
    /// under the feed's lock only, while it is among the feed's watchers.
    /// </summary>
    public string Peer => Call.Peer;

    public DateTimeOffset Since { get; init; }

    /// <summary>Everything up to this revision that matches has been taken.</summary>
    public long Cursor { get; set; }

    /// <summary>Which variables; null until its session's owner has said where the watch begins.</summary>
    public Selection? Selection { get; set; }

    /// <summary>Which types of change; null = all.</summary>
    public string[]? UpdateTypes { get; init; }

    /// <summary>For whom.</summary>
    public Requester Requester { get; init; } = Requester.Unrestricted;

    /// <summary>
    /// Variables that are not there for it, by id, and the revision up to which that was found: later changes say by
    /// themselves who may see them.
    /// </summary>
    public (HashSet<string> Ids, long Until)? Hidden { get; set; }

    /// <summary>Whether it waits for the feed.</summary>
    public bool IsParked { get; private set; }

    /// <summary>What was brought to its attention besides changes.</summary>
    public WatchSignals Signals { get; set; }

    /// <summary>When it last sent something; <see cref="WatchTicks"/>. Written by its own loop.</summary>
    public long LastSent;

    /// <summary>Whether the client has not taken what was last sent. To be asked by any thread.</summary>
    public bool IsFlushing => Responses.IsFlushing;

    /// <summary>Fires when the client has taken nothing for too long.</summary>
    public CancellationToken GivenUp => _givenUp.Token;

    /// <summary>Ends the wait for a client that takes nothing; from any thread.</summary>
    public void GiveUp()
    {
        try
        {
            _givenUp.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has just left.
        }
    }

    public bool Selects(LoggedUpdate update) =>
        (UpdateTypes is null || UpdateTypes.Contains(update.UpdateType)) &&
        Selection!.Matches(update.VariableId, update.VariableName) &&
        (update.Access is null || update.Access.MayRead(Requester)) &&
        !(Hidden is var (ids, until) && update.Revision <= until && ids.Contains(update.VariableId));

    /// <summary>Takes note of what is hidden from it, as its session's owner says.</summary>
    public void Hide(IReadOnlyCollection<string> ids, long until) =>
        Hidden = ids.Count == 0 ? null : (new HashSet<string>(ids, StringComparer.Ordinal), until);

    /// <summary>Under the feed's lock: from now on until <see cref="Unpark"/> its loop waits.</summary>
    public void Park()
    {
        _wake.Reset();
        IsParked = true;
    }

    /// <summary>Under the feed's lock: the caller must then <see cref="Wake"/> it, best outside.</summary>
    public void Unpark() => IsParked = false;

    /// <summary>Lets the loop go on, on another thread.</summary>
    public void Wake()
    {
        _wake.RunContinuationsAsynchronously = true;
        _wake.SetResult(true);
    }

    /// <summary>Lets the loop go on, on this thread, until it waits again: for the client or for the feed.</summary>
    public void WakeHere()
    {
        _wake.RunContinuationsAsynchronously = false;
        _wake.SetResult(true);
    }

    /// <summary>Its loop's wait, after a take that parked it.</summary>
    public ValueTask WaitAsync() => new(this, _wake.Version);

    /// <summary>To be called once it is no feed's any more.</summary>
    public void Dispose() => _givenUp.Dispose();

    void IValueTaskSource.GetResult(short token) => _wake.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _wake.GetStatus(token);

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wake.OnCompleted(continuation, state, token, flags);
}

/// <summary>What a watcher's loop must look at besides changes.</summary>
[Flags]
internal enum WatchSignals
{
    None = 0,

    /// <summary>It has been silent for the heartbeat's time.</summary>
    HeartbeatDue = 1,

    /// <summary>Its coalescing window has closed.</summary>
    WindowClosed = 2,

    /// <summary>Its caller has gone, or it is to end for a reason of its own.</summary>
    Cancelled = 4,

    /// <summary>Its client has taken nothing for too long.</summary>
    GivenUp = 8,
}
