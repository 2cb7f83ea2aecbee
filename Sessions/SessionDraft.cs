using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions.Tools;

namespace Snakepit.Sessions;

/// <summary>
/// What a group of commands would make of a session, above its committed state: they see each other's
/// effects, nobody else does until the store has them. Costs what it changes, not what the session holds.
/// </summary>
public sealed class SessionDraft
{
    private readonly SessionState? _base;
    private readonly Dictionary<string, VariableState?> _written = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string?> _names = new(StringComparer.Ordinal);
    private readonly List<Change> _changes = [];
    private readonly List<DependencyRecord> _dependencies = [];
    private readonly OrderedDictionary<string, RequestRecord> _requests = new(StringComparer.Ordinal);
    private Dictionary<string, long>? _settled;
    private int _mintedRequests;
    private int _variableCount;

    /// <param name="state">The committed state; null = the session does not exist.</param>
    /// <param name="revision">The revision that a session made by this draft begins above.</param>
    /// <param name="settings">What all sessions have in common.</param>
    /// <param name="now">The time of everything in this draft.</param>
    public SessionDraft(SessionState? state, long revision, SessionSettings settings, DateTimeOffset now)
    {
        _base = state;
        Settings = settings;
        Now = now;
        Revision = state?.Revision ?? revision;
        CommitNumber = (state?.CommitNumber ?? 0) + 1;
        _variableCount = state?.VariableCount ?? 0;
        Tools = state?.Tools ?? HostedTools.None;
    }

    public SessionSettings Settings { get; }

    /// <summary>Whom the command that is being run is made for.</summary>
    public Requester Requester { get; private set; } = Requester.Unrestricted;

    public SessionLimits Limits => Settings.Limits;

    public DateTimeOffset Now { get; }

    /// <summary>The session's revision with this draft's changes.</summary>
    public long Revision { get; private set; }

    /// <summary>The number this draft's commit would have.</summary>
    public long CommitNumber { get; }

    /// <summary>Set where the draft makes or describes the session.</summary>
    public SessionHeader? Header { get; private set; }

    public bool SessionExists => _base is not null || Header is not null;

    public int VariableCount => _variableCount;

    /// <summary>The session's tools with what this draft has made of them.</summary>
    public HostedTools Tools { get; private set; }

    public bool HasNewTools { get; private set; }

    /// <summary>Variables written, by id; null = deleted.</summary>
    public IReadOnlyDictionary<string, VariableState?> Written => _written;

    public IReadOnlyList<Change> Changes => _changes;

    public IReadOnlyCollection<RequestRecord> Requests => _requests.Values;

    /// <summary>Whether there is nothing to store.</summary>
    public bool IsEmpty =>
        _written.Count == 0 && _changes.Count == 0 && _dependencies.Count == 0 && _requests.Count == 0 && Header is null && !HasNewTools;

    /// <summary>Bytes of the changes so far, large values included, and of the tools where they are new.</summary>
    public long Bytes { get; private set; }

    /// <summary>A variable by its id, or else by its name, if it is there for whom the command is made.</summary>
    public VariableState? Find(string identifier) =>
        FindHidden(identifier) is { } variable && variable.IsVisibleTo(Requester) ? variable : null;

    /// <summary>A variable by its id, or else by its name, whoever asks.</summary>
    public VariableState? FindHidden(string identifier) => FindById(identifier) ?? FindByName(identifier);

    /// <summary>What is done from now on is done for them.</summary>
    public void RunFor(Requester requester) => Requester = requester;

    public VariableState? FindById(string id)
    {
        if (_written.TryGetValue(id, out var variable))
        {
            return variable;
        }

        return _base is not null && _base.TryFindById(id, out var kept) ? kept.Open() : null;
    }

    public VariableState? FindByName(string name)
    {
        if (_names.TryGetValue(name, out var id))
        {
            return id is null ? null : FindById(id);
        }

        return _base is not null && _base.TryFindByName(name, out var kept) ? Present(kept) : null;
    }

    /// <summary>What has become of a variable that this draft found before; null = it was deleted.</summary>
    public VariableState? Present(VariableState variable) => _written.TryGetValue(variable.Id, out var written) ? written : variable;

    /// <summary>The session's variables, oldest first.</summary>
    public IEnumerable<KeptVariable> VariablesInOrder()
    {
        var untouched = _base?.Variables.Where(variable => !_written.ContainsKey(variable.Id)) ?? [];
        var written = _written.Values.OfType<VariableState>().Select(static variable => new KeptVariable(variable));
        return untouched.Concat(written).OrderBy(variable => variable.RegisteredAt);
    }

    /// <summary>The reply remembered for a request id, and the fingerprint of what asked for it.</summary>
    public RequestRecord? FindRequest(string requestId) =>
        _requests.TryGetValue(requestId, out var request) ? request : _base?.Requests.Find(requestId);

    /// <summary>As <see cref="RequestMemory.IsSettled"/>.</summary>
    public bool IsSettled(MintedRequestId id) =>
        id.Sequence < _settled?.GetValueOrDefault(id.Caller) || (_base?.Requests.IsSettled(id) ?? false);

    /// <summary>The requests remembered whose ids clients chose.</summary>
    public int RememberedRequests => _requests.Count - _mintedRequests + (_base?.Requests.CountOfClients ?? 0);

    public void CreateSession(SessionHeader header) => Header = header;

    /// <summary>Sets the session's tools: no change, and so without a revision.</summary>
    public void ReplaceTools(HostedTools tools)
    {
        Bytes += tools.Bytes - (HasNewTools ? Tools.Bytes : 0);
        Tools = tools;
        HasNewTools = true;
    }

    public void Remember(RequestRecord request)
    {
        _requests.Add(request.RequestId, request);
        if (MintedRequestId.TryParse(request.RequestId, out var minted))
        {
            var (caller, _, settled) = minted.Value;
            _mintedRequests++;
            _settled ??= new Dictionary<string, long>(StringComparer.Ordinal);
            _settled[caller] = Math.Max(settled, _settled.GetValueOrDefault(caller));
        }
    }

    /// <summary>The revision that the next change will have.</summary>
    public long NextRevision => Revision + 1;

    /// <summary>Logs a change and makes the variable what it left behind; a deletion removes it.</summary>
    /// <param name="variable">The variable after the change, at <see cref="NextRevision"/>.</param>
    /// <param name="updateType">One of <see cref="UpdateType.OfChanges"/>.</param>
    /// <param name="before">The variable before; null when it is new.</param>
    /// <param name="metadata">What came with the request.</param>
    public void Log(
        VariableState variable,
        string updateType,
        VariableState? before,
        IEnumerable<KeyValuePair<string, string>> metadata)
    {
        Revision++;
        var update = new EncodedUpdate
        {
            VariableId = variable.Id,
            Timestamp = Timestamp.FromDateTimeOffset(Now),
            UpdateType = updateType,
            Revision = Revision,
        };
        foreach (var (key, value) in metadata)
        {
            update.UpdateMetadata[key] = value;
        }

        update.UpdateSource = update.UpdateMetadata.TryGetValue(Metadata.SourceKey, out var source)
            ? source
            : SourceName(variable.Source);
        AddOldValue(update, before);

        var previous = UpdateType.MakesVersion(updateType) && before is not null ? before.ValueRevision : 0;
        var change = new Change(variable, update, previous, Requester.Name);
        _changes.Add(change);
        Bytes += change.Bytes;

        var deleted = updateType == UpdateType.Deleted;
        _written[variable.Id] = deleted ? null : variable;
        if (before is null || deleted)
        {
            _names[variable.Name] = deleted ? null : variable.Id;
            _variableCount += deleted ? -1 : 1;
        }
    }

    /// <summary>Adds an edge of the dependency graph: it changes no variable, and has no revision.</summary>
    public void AddDependency(VariableState dependent, VariableState needed, string type)
    {
        (_written[dependent.Id], _written[needed.Id]) = DependencyGraph.Attach(dependent, needed, type);
        _dependencies.Add(new DependencyRecord { FromId = dependent.Id, ToId = needed.Id, Type = type });
    }

    /// <summary>Replaces a variable without a change of its own: an edge that went with another variable.</summary>
    public void Replace(VariableState variable) => _written[variable.Id] = variable;

    /// <summary>The draft as the store keeps it.</summary>
    public CommitRecord ToRecord()
    {
        var record = new CommitRecord { Header = Header, Tools = HasNewTools ? Tools.Set : null };
        record.Changes.Capacity = _changes.Count;
        foreach (var change in _changes)
        {
            record.Changes.Add(change.Record);
        }

        record.Dependencies.AddRange(_dependencies);
        record.Requests.AddRange(_requests.Values);
        return record;
    }

    private VariableState? Present(KeptVariable variable) =>
        _written.Count > 0 && _written.TryGetValue(variable.Id, out var written) ? written : variable.Open();

    private static string SourceName(Protocol.Bridge.Variable.Types.Source source) =>
        source == Protocol.Bridge.Variable.Types.Source.Python ? "python" : "elixir";

    private static void AddOldValue(EncodedUpdate update, VariableState? before)
    {
        if (before is null)
        {
            return;
        }

        if (before.Value.Size > VariableState.LargeValueBytes)
        {
            update.UpdateMetadata["old_value"] = "omitted";
            return;
        }

        update.OldValue = before.Value.Any;
        update.OldBinaryValue = before.Value.Binary;
    }
}
