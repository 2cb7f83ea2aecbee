using Google.Protobuf;
using Snakepit.Protocol.Storing;

namespace Snakepit.Storage;

/// <summary>What a trim of one session's log goes by; all of it from one snapshot.</summary>
/// <param name="session">The session's internal key.</param>
/// <param name="checkpoint">The commit that its checkpoint includes.</param>
/// <param name="storedFloor">The floor so far.</param>
/// <param name="floor">The floor that is to hold.</param>
/// <param name="historyLimit">How many values of each variable are kept.</param>
/// <param name="largeValues">The large values at or below the floor.</param>
internal sealed class TrimPlan(
    long session, long checkpoint, long storedFloor, long floor, int historyLimit, HashSet<long> largeValues)
{
    private static readonly MessageParser<CommitOutline> Outlines = CommitOutline.Parser.WithDiscardUnknownFields(true);

    private readonly HistoryNeed _need = new(historyLimit);

    public long Session => session;

    public long Floor => floor;

    public bool RaisesFloor => floor != storedFloor;

    /// <summary>Large values to which nothing seen so far refers.</summary>
    public HashSet<long> Unused => largeValues;

    /// <summary>Bytes of the commits seen so far that stay for their variables' history alone.</summary>
    public long HistoryBytes { get; private set; }

    /// <summary>What a trim looks at of a commit as it is stored. Of what it does not look at no object is made: it reads much.</summary>
    public static CommitOutline Outline(ReadOnlySpan<byte> body) => Outlines.ParseFrom(body);

    /// <summary>Counts in a variable that exists at the checkpoint.</summary>
    public void Keep(VariableRecord variable)
    {
        _need.Add(variable);
        largeValues.Remove(variable.LargeValue);
    }

    /// <summary>True where neither this commit nor any after it can change what the trim does.</summary>
    public bool IsDoneAt(LogPosition position) => position.Revision > floor && largeValues.Count == 0;

    /// <summary>
    /// True for a commit that no one needs. Commits are to be shown oldest first, each once: those that stay
    /// keep the large values to which they refer. What loading needs, the commits after the checkpoint,
    /// always stays.
    /// </summary>
    /// <param name="position">Its place in the log.</param>
    /// <param name="commit">What of it matters.</param>
    /// <param name="bytes">How many it has as it is stored.</param>
    public bool LetsGo(LogPosition position, CommitOutline commit, int bytes)
    {
        if (position.Revision <= floor && position.Number <= checkpoint && !_need.Includes(commit))
        {
            return true;
        }

        HistoryBytes += position.Revision <= floor && position.Number <= checkpoint ? bytes : 0;
        KeepLargeValues(commit);
        return false;
    }

    /// <summary>Counts in a commit that stays.</summary>
    public void KeepLargeValues(CommitOutline commit)
    {
        foreach (var change in commit.Changes)
        {
            largeValues.Remove(change.LargeValue);
        }
    }
}

/// <summary>A piece of the log, looked through for a trim.</summary>
/// <param name="Deletable">Commits that no one needs.</param>
/// <param name="End">Where the next piece begins.</param>
/// <param name="IsLast">There is no need to look further.</param>
internal sealed record TrimPage(IReadOnlyList<LogPosition> Deletable, LogPosition End, bool IsLast);
