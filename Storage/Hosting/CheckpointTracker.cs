using Snakepit.Protocol.Storing;
using Snakepit.Sessions;

namespace Snakepit.Storage.Hosting;

/// <summary>
/// Knows what of a session its rows in the store do not show yet, but for the variables written, which the session's state
/// knows. Guarded by the host's lock.
/// </summary>
public sealed class CheckpointTracker
{
    // Most sessions never have any of these; there are many sessions.
    private HashSet<string>? _removed;
    private Dictionary<string, RequestRecord>? _requests;
    private HashSet<string>? _forgotten;
    private List<LogPosition>? _unchanging;
    private bool _hasNewTools;

    // Of a checkpoint whose outcome is unknown.
    private HashSet<string>? _perhapsStored;

    /// <summary>Commits since the checkpoint.</summary>
    public int Commits { get; private set; }

    /// <summary>Bytes that they have in the store.</summary>
    public long Bytes { get; private set; }

    public bool IsClean => Commits == 0 && _forgotten is not { Count: > 0 };

    /// <param name="at">Its place in the log.</param>
    /// <param name="changes">How many it had.</param>
    /// <param name="bytes">That it has in the store, large values included.</param>
    public void NoteCommit(LogPosition at, int changes, long bytes)
    {
        Commits++;
        Bytes += bytes;
        if (changes == 0)
        {
            (_unchanging ??= []).Add(at);
        }
    }

    public void NoteRemoved(string variableId) => (_removed ??= new(StringComparer.Ordinal)).Add(variableId);

    public void NoteTools() => _hasNewTools = true;

    public void NoteRequests(IReadOnlyCollection<RequestRecord> requests)
    {
        foreach (var request in requests)
        {
            (_requests ??= new(StringComparer.Ordinal))[request.RequestId] = request;
            _forgotten?.Remove(request.RequestId);
        }
    }

    public void NoteForgotten(string requestId)
    {
        // An id that no client chose comes only once: what no checkpoint has seen need not be taken back.
        if (_requests?.Remove(requestId) != true || !MintedRequestId.IsMinted(requestId) || _perhapsStored?.Contains(requestId) == true)
        {
            (_forgotten ??= new(StringComparer.Ordinal)).Add(requestId);
        }
    }

    /// <summary>Takes note of a draft that was committed.</summary>
    /// <param name="draft">What it did.</param>
    /// <param name="bytes">As above.</param>
    public void Note(SessionDraft draft, long bytes)
    {
        foreach (var (id, variable) in draft.Written)
        {
            if (variable is null)
            {
                NoteRemoved(id);
            }
        }

        _hasNewTools |= draft.HasNewTools;
        NoteRequests(draft.Requests);
        NoteCommit(new LogPosition(draft.Revision, draft.CommitNumber), draft.Changes.Count, bytes);
    }

    /// <summary>What is owed, as a checkpoint of the state; afterwards nothing is.</summary>
    public Checkpoint Take(SessionState state, DateTimeOffset expiresAt, LogSize log)
    {
        var header = state.Header.Clone();
        header.Log = log;
        var checkpoint = new Checkpoint(
            state.CommitNumber,
            state.Revision,
            header,
            _hasNewTools ? state.Tools.Set : null,
            state.TakeWritten().ToDictionary(static variable => variable.Id, ToRecord, StringComparer.Ordinal),
            [.. _removed ?? []],
            _requests is null ? [] : [.. _requests.Values],
            [.. _forgotten ?? []],
            _unchanging ?? [],
            expiresAt);
        (_removed, _requests, _forgotten, _unchanging, _perhapsStored) = (null, null, null, null, null);
        _hasNewTools = false;
        (Commits, Bytes) = (0, 0);
        return checkpoint;
    }

    /// <summary>Owes a checkpoint again that could not be stored.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="state">What has become of the session since; null = it has ended.</param>
    public void PutBack(Checkpoint checkpoint, SessionState? state)
    {
        foreach (var id in checkpoint.Changed.Keys)
        {
            state?.NoteWritten(id);
        }

        foreach (var id in checkpoint.Removed)
        {
            NoteRemoved(id);
        }

        foreach (var request in checkpoint.Requests.Where(request => _forgotten?.Contains(request.RequestId) != true))
        {
            (_requests ??= new(StringComparer.Ordinal)).TryAdd(request.RequestId, request);
            (_perhapsStored ??= new(StringComparer.Ordinal)).Add(request.RequestId);
        }

        _hasNewTools |= checkpoint.Tools is not null;
        (_unchanging ??= []).AddRange(checkpoint.Superseded);
        foreach (var id in checkpoint.ForgottenRequests.Where(id => _requests?.ContainsKey(id) != true))
        {
            (_forgotten ??= new(StringComparer.Ordinal)).Add(id);
        }

        Commits++;
    }

    private static VariableRecord ToRecord(KeptVariable variable)
    {
        var record = new VariableRecord
        {
            Variable = variable.StoredWire,
            LargeValue = variable.LargeValueRevision,
            RegisteredAt = variable.RegisteredAt,
            ValueRevision = variable.ValueRevision,
        };
        foreach (var edge in variable.Dependencies)
        {
            record.Dependencies.Add(new DependencyRecord { FromId = variable.Id, ToId = edge.ToId, Type = edge.Type });
        }

        return record;
    }
}
