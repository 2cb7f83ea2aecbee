using System.Diagnostics.CodeAnalysis;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions.Tools;

namespace Snakepit.Sessions;

/// <summary>
/// A session as of its newest commit. Changed only by <see cref="Apply"/>; commands work on a
/// <see cref="SessionDraft"/> above it. Not thread-safe: its host guards it.
/// </summary>
public sealed class SessionState
{
    private readonly VariableTable _variables = new();

    /// <param name="header">What describes the session.</param>
    /// <param name="commitNumber">The newest commit's number.</param>
    /// <param name="revision">The session's revision at that commit.</param>
    /// <param name="variables">The variables then; none of them counts as written.</param>
    /// <param name="requests">The requests remembered then, oldest first.</param>
    /// <param name="tools">The tools then; null = none.</param>
    public SessionState(
        SessionHeader header,
        long commitNumber,
        long revision,
        IEnumerable<VariableState> variables,
        IEnumerable<RequestRecord> requests,
        ToolSet? tools = null)
    {
        Header = header;
        CommitNumber = commitNumber;
        Revision = revision;
        Tools = HostedTools.Of(tools);
        foreach (var variable in variables)
        {
            _variables.Put(variable, written: false);
        }

        foreach (var request in requests)
        {
            Requests.Add(request);
        }
    }

    public SessionHeader Header { get; private set; }

    /// <summary>The number of the newest commit; the fence of the next.</summary>
    public long CommitNumber { get; private set; }

    /// <summary>The revision of the newest change.</summary>
    public long Revision { get; private set; }

    public RequestMemory Requests { get; } = new();

    public HostedTools Tools { get; private set; }

    public int VariableCount => _variables.Count;

    /// <summary>Those of the variables that are not there for everyone.</summary>
    public int RestrictedCount => _variables.RestrictedCount;

    /// <summary>The variables, in no order.</summary>
    public IEnumerable<KeptVariable> Variables => _variables.All;

    /// <summary>A variable by its id, or else by its name, if it is there for who asks.</summary>
    public bool TryFind(string identifier, Requester requester, [MaybeNullWhen(false)] out KeptVariable variable) =>
        TryFindHidden(identifier, out variable) && variable.IsVisibleTo(requester);

    /// <summary>A variable by its id, or else by its name, whoever asks.</summary>
    public bool TryFindHidden(string identifier, [MaybeNullWhen(false)] out KeptVariable variable) =>
        _variables.TryFindById(identifier, out variable) || _variables.TryFindByName(identifier, out variable);

    public bool TryFindById(string id, [MaybeNullWhen(false)] out KeptVariable variable) => _variables.TryFindById(id, out variable);

    public bool TryFindByName(string name, [MaybeNullWhen(false)] out KeptVariable variable) =>
        _variables.TryFindByName(name, out variable);

    /// <summary>The ids of the variables that are not there for who asks; looks at none where there can be none.</summary>
    public IReadOnlyList<string> HiddenFrom(Requester requester) =>
        RestrictedCount == 0 || requester.Administers ? [] : ListHiddenFrom(requester);

    /// <summary>The variables that match, oldest first.</summary>
    public List<KeptVariable> ListInOrder(Func<KeptVariable, bool> matches)
    {
        var list = Variables.Where(matches).ToList();
        list.Sort(static (a, b) => a.RegisteredAt.CompareTo(b.RegisteredAt));
        return list;
    }

    /// <summary>How long the session lives unused.</summary>
    public TimeSpan Ttl(SessionSettings settings) => Ttl(Header, settings);

    /// <summary>How long a session with this header lives unused.</summary>
    public static TimeSpan Ttl(SessionHeader header, SessionSettings settings) =>
        header.Config is { TtlSeconds: > 0 } config ? TimeSpan.FromSeconds(config.TtlSeconds) : settings.Ttl;

    /// <summary>How many versions of each variable are kept.</summary>
    public int HistoryLimit(SessionSettings settings) =>
        Header.Config is { HistoryLimit: > 0 } config ? config.HistoryLimit : settings.HistoryLimit;

    /// <summary>Makes a draft's effects the present state: to be called once the store has them.</summary>
    public void Apply(SessionDraft draft)
    {
        foreach (var (id, variable) in draft.Written)
        {
            if (variable is null)
            {
                _variables.Remove(id);
            }
            else
            {
                _variables.Put(variable);
            }
        }

        foreach (var request in draft.Requests)
        {
            Requests.Add(request);
        }

        Header = draft.Header ?? Header;
        Tools = draft.Tools;
        Revision = draft.Revision;
        CommitNumber = draft.CommitNumber;
    }

    /// <summary>Has a variable count as written; one that has gone does not.</summary>
    public void NoteWritten(string variableId) => _variables.NoteWritten(variableId);

    /// <summary>The variables written since this was last asked, as they are now.</summary>
    public IReadOnlyList<KeptVariable> TakeWritten() => _variables.TakeWritten();

    internal static SessionHeader NewHeader(SessionDraft draft, InitializeSessionRequest? request)
    {
        var header = new SessionHeader
        {
            CreatedAt = Timestamp.FromDateTimeOffset(draft.Now),
            BaseRevision = draft.Revision,
            CreatedBy = draft.Requester.Name,
        };
        if (request is not null)
        {
            header.Metadata.Add(request.Metadata);
            header.Config = request.Config;
        }

        return header;
    }

    // A method of its own: what a lambda holds is made where its method begins, whether or not it comes to it.
    private string[] ListHiddenFrom(Requester requester) =>
        [.. Variables.Where(variable => !variable.IsVisibleTo(requester)).Select(static variable => variable.Id)];
}
