using Google.Protobuf;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions;
using Snakepit.Sessions.Commands;
using Snakepit.Storage;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Properties.Sessions;

/// <summary>Steps run on drafts, without any host or store: the state, and the commits it came from.</summary>
internal sealed class DraftRun
{
    private static readonly DateTimeOffset Now = new ManualClock().GetUtcNow();

    private readonly List<Change> _log = [];

    public DraftRun()
    {
        var draft = NewDraft();
        Execute(draft, Ask.Initialize());
        Commit(draft);
    }

    public SessionState? State { get; private set; }

    public List<StoredCommit> Commits { get; } = [];

    public IReadOnlyList<Change> Log => _log;

    /// <summary>What a host would note for the next checkpoint, commit by commit.</summary>
    public List<SessionDraft> Drafts { get; } = [];

    /// <summary>Runs the steps as one commit, as a group does.</summary>
    public List<Outcome<IMessage>> Run(params IReadOnlyList<Step> steps)
    {
        var draft = NewDraft();
        var outcomes = steps.Select(step => Execute(draft, step.ToRequest(), Target(draft, step))).ToList();
        if (!draft.IsEmpty)
        {
            Commit(draft);
        }

        return outcomes;
    }

    /// <summary>A variable's values, newest first, as the chain in the log has them.</summary>
    public IEnumerable<string> History(VariableState variable)
    {
        for (var revision = variable.ValueRevision; revision != 0; revision = _log[(int)revision - 1].Record.Previous)
        {
            yield return _log[(int)revision - 1].Variable.Value.Any.Value.ToStringUtf8();
        }
    }

    private static Outcome<IMessage> Execute(SessionDraft draft, IMessage request, HistoricalValue? target = null) =>
        SessionCommands.Execute(draft, new SessionCommand(request, target), Ask.Session);

    private SessionDraft NewDraft() => new(State, 0, SessionSettings.Default, Now);

    // A host reads it from the log; here everything that was is at hand.
    private HistoricalValue? Target(SessionDraft draft, Step step)
    {
        var present = step.Kind == StepKind.RollBack ? draft.Find(step.Name) : null;
        return present is null
            ? null
            : _log.Concat(draft.Changes)
                .Where(change => change.Variable.Id == present.Id && change.Variable.Version == step.Number)
                .Select(change => new HistoricalValue(present.Id, step.Number, change.Variable.Value))
                .FirstOrDefault();
    }

    private void Commit(SessionDraft draft)
    {
        State ??= new SessionState(draft.Header!, 0, 0, [], []);
        State.Apply(draft);
        Drafts.Add(draft);
        _log.AddRange(draft.Changes);

        // Through bytes, as a store would.
        var record = CommitRecord.Parser.ParseFrom(draft.ToRecord().ToByteArray());
        Commits.Add(new StoredCommit(
            draft.CommitNumber, draft.Revision, [.. record.Changes.Select(change => new StoredChange(change, Large(change.LargeValue)))], record));
    }

    public LargeValue? Large(long revision)
    {
        if (revision == 0)
        {
            return null;
        }

        var value = _log[(int)revision - 1].Variable.Value;
        return new LargeValue { Value = value.Any, BinaryValue = value.Binary };
    }
}
