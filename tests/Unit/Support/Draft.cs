using Google.Protobuf;
using Snakepit.Protocol.Bridge;
using Snakepit.Sessions;
using Snakepit.Sessions.Commands;

namespace Snakepit.Tests.Unit.Support;

/// <summary>Runs commands on a session's draft, and commits it where a test says so.</summary>
internal sealed class Draft
{
    private readonly SessionSettings _settings;
    private readonly long _firstRevision;
    private SessionDraft _draft;

    public Draft(SessionLimits? limits = null, long firstRevision = 0)
    {
        _settings = new SessionSettings { Limits = limits ?? SessionLimits.Default };
        _firstRevision = firstRevision;
        _draft = New();
    }

    public DateTimeOffset Now { get; set; } = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public SessionState? State { get; private set; }

    public SessionDraft Present => _draft;

    public long Revision => _draft.Revision;

    /// <summary>A session with integer variables of these names, each 0, committed.</summary>
    public static Draft With(params string[] names)
    {
        var draft = new Draft();
        draft.Ok<IMessage>(Ask.Initialize());
        foreach (var name in names)
        {
            draft.Ok<IMessage>(Ask.Register(name));
        }

        draft.Commit();
        return draft;
    }

    /// <summary>Makes the draft the state, as when the store has it, and begins the next.</summary>
    public void Commit()
    {
        State ??= new SessionState(_draft.Header!, 0, _firstRevision, [], []);
        State.Apply(_draft);
        _draft = New();
    }

    public Outcome<IMessage> Run(IMessage request, HistoricalValue? target = null) =>
        SessionCommands.Execute(_draft, new SessionCommand(request, target), Ask.Session);

    /// <summary>The reply, as its client would read it.</summary>
    public T Ok<T>(IMessage request, HistoricalValue? target = null)
        where T : IMessage
    {
        var outcome = Run(request, target);
        Assert.True(!outcome.IsRefused, outcome.Refusal?.Message);
        return (T)outcome.Value;
    }

    /// <summary>The words of the refusal, which left nothing behind.</summary>
    public string Refused(RefusalKind kind, IMessage request, HistoricalValue? target = null)
    {
        var before = (_draft.Revision, _draft.Changes.Count, _draft.Written.Count, _draft.Requests.Count, _draft.SessionExists);
        var outcome = Run(request, target);
        Assert.True(outcome.IsRefused, "it was not refused");
        Assert.Equal(kind, outcome.Refusal.Kind);
        Assert.Equal(before, (_draft.Revision, _draft.Changes.Count, _draft.Written.Count, _draft.Requests.Count, _draft.SessionExists));
        return outcome.Refusal.Message;
    }

    public VariableState Find(string identifier) => _draft.Find(identifier)!;

    /// <summary>A value of the variable as it is now, to go back to later.</summary>
    public HistoricalValue Remember(string identifier)
    {
        var variable = Find(identifier);
        return new HistoricalValue(variable.Id, variable.Version, variable.Value);
    }

    /// <summary>The draft's changes as watchers receive them.</summary>
    public IReadOnlyList<VariableUpdate> Updates() =>
        [.. _draft.Changes.Select(change => VariableUpdate.Parser.ParseFrom(change.Update))];

    private SessionDraft New() => new(State, _firstRevision, _settings, Now);
}
