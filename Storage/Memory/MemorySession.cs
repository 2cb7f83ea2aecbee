using Google.Protobuf;
using Snakepit.Protocol.Storing;

namespace Snakepit.Storage.Memory;

/// <summary>One session's rows and log. Guarded by its store's lock.</summary>
internal sealed class MemorySession
{
    private readonly List<Commit> _log = [];
    private readonly Dictionary<string, VariableRecord> _variables = [];
    private readonly Dictionary<string, RequestRecord> _requests = [];
    private readonly Dictionary<long, LargeValue> _large = [];
    private SessionHeader _header;
    private ToolSet? _tools;
    private long _checkpointNumber;
    private long _checkpointRevision;
    private long _floor;

    /// <summary>Creates the session with its first commit.</summary>
    public MemorySession(Commit first)
    {
        _header = first.Record.Header ?? new SessionHeader();
        _checkpointRevision = first.FirstRevision - 1;
        _floor = _checkpointRevision;
        ExpiresAt = first.ExpiresAt;
        Append(first);
    }

    public DateTimeOffset ExpiresAt { get; set; }

    public SessionHeader Header => _header;

    public long Number { get; private set; }

    public long Revision { get; private set; }

    public DateTimeOffset CreatedAt => _header.CreatedAt?.ToDateTimeOffset() ?? default;

    public LogEnd End => new(Number, Revision, CreatedAt);

    public void Append(Commit commit)
    {
        _log.Add(commit);
        Number = commit.Number;
        Revision = commit.LastRevision;
        foreach (var (revision, value) in commit.LargeValues)
        {
            _large[revision] = value;
        }
    }

    /// <summary>True if the checkpoint was taken: it is of a commit of this session, and not older than the last.</summary>
    public bool Checkpoint(Checkpoint checkpoint)
    {
        var isNewer = checkpoint.CommitNumber == _checkpointNumber
            ? checkpoint.Revision == _checkpointRevision
            : checkpoint.CommitNumber > _checkpointNumber &&
                _log.Any(commit => commit.Number == checkpoint.CommitNumber && commit.LastRevision == checkpoint.Revision);
        if (!isNewer)
        {
            return false;
        }

        _checkpointNumber = checkpoint.CommitNumber;
        _checkpointRevision = checkpoint.Revision;
        _header = checkpoint.Header;
        _tools = checkpoint.Tools ?? _tools;
        foreach (var (id, variable) in checkpoint.Changed)
        {
            _variables[id] = variable;
        }

        foreach (var id in checkpoint.Removed)
        {
            _variables.Remove(id);
        }

        foreach (var request in checkpoint.Requests)
        {
            _requests[request.RequestId] = request;
        }

        foreach (var id in checkpoint.ForgottenRequests)
        {
            _requests.Remove(id);
        }

        var superseded = checkpoint.Superseded.ToHashSet();
        _log.RemoveAll(commit => superseded.Contains(new LogPosition(commit.LastRevision, commit.Number)));
        return true;
    }

    public StoredSession Load() => new(
        Exists: true,
        _checkpointNumber,
        _checkpointRevision,
        _floor,
        ExpiresAt,
        _header,
        _tools,
        [.. _variables.Values.Select(record => new StoredVariable(record, Large(record.LargeValue)))],
        [.. _requests.Values],
        [.. _log.Where(commit => commit.Number > _checkpointNumber).Select(Read)]);

    public LogPage ReadLog(long afterRevision, int maxBytes)
    {
        var commits = new List<StoredCommit>();
        var counted = new HashSet<long>();
        var bytes = 0L;
        foreach (var commit in _log.Skip(FirstAfter(afterRevision)).Where(commit => commit.Record.Changes.Count > 0))
        {
            bytes += commit.Record.CalculateSize();
            if (commits.Count > 0 && bytes > maxBytes)
            {
                break;
            }

            commits.Add(Read(commit));
            bytes += commit.Record.Changes
                .Where(change => counted.Add(change.LargeValue))
                .Sum(change => (long)(Large(change.LargeValue)?.CalculateSize() ?? 0));
        }

        return new LogPage(CreatedAt, _floor, Revision, commits);
    }

    public IReadOnlyList<StoredChange> ReadChain(long newest, int limit)
    {
        var values = new List<StoredChange>();
        for (var revision = newest; revision > 0 && values.Count < limit;)
        {
            var index = FirstAfter(revision - 1);
            if (index == _log.Count || _log[index].FirstRevision > revision)
            {
                break;
            }

            var change = _log[index].Record.Changes[(int)(revision - _log[index].FirstRevision)];
            values.Add(new StoredChange(change, Large(change.LargeValue)));
            revision = change.Previous;
        }

        return values;
    }

    public LogExtent Measure(long maxBytes)
    {
        var bytes = 0L;
        for (var n = _log.Count - 1; n >= 0 && _log[n].LastRevision > _floor; n--)
        {
            var with = bytes + _log[n].CalculateSize();
            if (with > maxBytes)
            {
                return new LogExtent(_log[n].LastRevision, bytes);
            }

            bytes = with;
        }

        return new LogExtent(_floor, bytes);
    }

    public TrimmedLog Trim(Retention retention)
    {
        _floor = Floor(retention);
        var need = new HistoryNeed(retention.HistoryLimit);
        foreach (var variable in _variables.Values)
        {
            need.Add(variable);
        }

        _log.RemoveAll(commit =>
            commit.LastRevision <= _floor && commit.Number <= _checkpointNumber && !need.Includes(TrimPlan.Outline(commit.Record.ToByteArray())));
        RemoveUnusedLargeValues();
        var history = _log.TakeWhile(commit => commit.LastRevision <= _floor && commit.Number <= _checkpointNumber);
        return new TrimmedLog(_floor, history.Sum(static commit => (long)commit.Record.CalculateSize()));
    }

    /// <summary>The session has ended: nobody asks for more than its log any more.</summary>
    public void KeepOnlyLog()
    {
        _variables.Clear();
        _requests.Clear();
        _tools = null;
        RemoveUnusedLargeValues();
    }

    private long Floor(Retention retention)
    {
        var floor = _log.Where(commit => commit.LastRevision <= retention.After).Select(commit => commit.LastRevision).DefaultIfEmpty().Max();
        var aged = _log.TakeWhile(commit => commit.Time < retention.NotBefore).Select(commit => commit.LastRevision).DefaultIfEmpty().Max();
        return Math.Max(_floor, Math.Max(floor, aged));
    }

    private void RemoveUnusedLargeValues()
    {
        if (_large.Count == 0)
        {
            return;
        }

        var used = _log.SelectMany(commit => commit.Record.Changes).Select(change => change.LargeValue)
            .Concat(_variables.Values.Select(variable => variable.LargeValue))
            .ToHashSet();
        foreach (var revision in _large.Keys.Where(revision => revision <= _floor && !used.Contains(revision)))
        {
            _large.Remove(revision);
        }
    }

    private StoredCommit Read(Commit commit) => new(
        commit.Number,
        commit.LastRevision,
        [.. commit.Record.Changes.Select(change => new StoredChange(change, Large(change.LargeValue)))],
        commit.Record);

    private LargeValue? Large(long revision) => revision == 0 ? null : _large[revision];

    /// <summary>The place in the log of the first commit that ends after a revision.</summary>
    private int FirstAfter(long revision)
    {
        var (low, high) = (0, _log.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _log[middle].LastRevision > revision ? (low, middle) : (middle + 1, high);
        }

        return low;
    }
}
