using Snakepit.Protocol.Storing;
using Snakepit.Sessions;

namespace Snakepit.Storage.Hosting;

/// <summary>Knows what of a session its rows in the store do not show yet. Guarded by the host's lock.</summary>
public sealed class CheckpointTracker
{
    private HashSet<string> _written = new(StringComparer.Ordinal);
    private HashSet<string> _removed = new(StringComparer.Ordinal);
    private Dictionary<string, RequestRecord> _requests = new(StringComparer.Ordinal);
    private HashSet<string> _forgotten = new(StringComparer.Ordinal);

    private List<LogPosition> _unchanging = [];
    private bool _hasNewTools;

    // Of a checkpoint whose outcome is unknown.
    private HashSet<string> _perhapsStored = new(StringComparer.Ordinal);

    /// <summary>Commits since the checkpoint.</summary>
    public int Commits { get; private set; }

    /// <summary>Bytes of their changes.</summary>
    public long Bytes { get; private set; }

    public bool IsClean => Commits == 0 && _forgotten.Count == 0;

    /// <param name="at">Its place in the log.</param>
    /// <param name="changes">How many it had.</param>
    /// <param name="bytes">Of them, and of the tools where it set them.</param>
    public void NoteCommit(LogPosition at, int changes, long bytes)
    {
        Commits++;
        Bytes += bytes;
        if (changes == 0)
        {
            _unchanging.Add(at);
        }
    }

    public void NoteWritten(string variableId)
    {
        _written.Add(variableId);
        _removed.Remove(variableId);
    }

    public void NoteRemoved(string variableId)
    {
        _written.Remove(variableId);
        _removed.Add(variableId);
    }

    public void NoteTools() => _hasNewTools = true;

    public void NoteRequests(IEnumerable<RequestRecord> requests)
    {
        foreach (var request in requests)
        {
            _requests[request.RequestId] = request;
            _forgotten.Remove(request.RequestId);
        }
    }

    public void NoteForgotten(string requestId)
    {
        // An id that no client chose comes only once: what no checkpoint has seen need not be taken back.
        if (!_requests.Remove(requestId) || !MintedRequestId.IsMinted(requestId) || _perhapsStored.Contains(requestId))
        {
            _forgotten.Add(requestId);
        }
    }

    /// <summary>Takes note of a draft that was committed.</summary>
    public void Note(SessionDraft draft)
    {
        foreach (var (id, variable) in draft.Written)
        {
            if (variable is null)
            {
                NoteRemoved(id);
            }
            else
            {
                NoteWritten(id);
            }
        }

        _hasNewTools |= draft.HasNewTools;
        NoteRequests(draft.Requests);
        NoteCommit(new LogPosition(draft.Revision, draft.CommitNumber), draft.Changes.Count, draft.Bytes);
    }

    /// <summary>What is owed, as a checkpoint of the state; afterwards nothing is.</summary>
    public Checkpoint Take(SessionState state, DateTimeOffset expiresAt)
    {
        var changed = new Dictionary<string, VariableRecord>(_written.Count, StringComparer.Ordinal);
        foreach (var id in _written)
        {
            if (state.TryFindById(id, out var variable))
            {
                changed.Add(id, ToRecord(variable));
            }
        }

        var checkpoint = new Checkpoint(
            state.CommitNumber,
            state.Revision,
            state.Header,
            _hasNewTools ? state.Tools.Set : null,
            changed,
            [.. _removed],
            [.. _requests.Values],
            [.. _forgotten],
            _unchanging,
            expiresAt);
        _written = new HashSet<string>(StringComparer.Ordinal);
        _removed = new HashSet<string>(StringComparer.Ordinal);
        _requests = new Dictionary<string, RequestRecord>(StringComparer.Ordinal);
        _forgotten = new HashSet<string>(StringComparer.Ordinal);
        _perhapsStored = new HashSet<string>(StringComparer.Ordinal);
        _unchanging = [];
        _hasNewTools = false;
        (Commits, Bytes) = (0, 0);
        return checkpoint;
    }

    /// <summary>Owes a checkpoint again that could not be stored.</summary>
    public void PutBack(Checkpoint checkpoint)
    {
        _written.UnionWith(checkpoint.Changed.Keys.Where(id => !_removed.Contains(id)));
        _removed.UnionWith(checkpoint.Removed.Where(id => !_written.Contains(id)));
        foreach (var request in checkpoint.Requests.Where(request => !_forgotten.Contains(request.RequestId)))
        {
            _requests.TryAdd(request.RequestId, request);
            _perhapsStored.Add(request.RequestId);
        }

        _hasNewTools |= checkpoint.Tools is not null;
        _unchanging.AddRange(checkpoint.Superseded);
        _forgotten.UnionWith(checkpoint.ForgottenRequests.Where(id => !_requests.ContainsKey(id)));
        Commits++;
    }

    private static VariableRecord ToRecord(VariableState variable)
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
