namespace Snakepit.Storage;

/// <summary>A place in a session's log: of a commit, or just before the first.</summary>
public readonly record struct LogPosition(long Revision, long Number)
{
    /// <summary>Whether it is of a later commit.</summary>
    public bool IsAfter(LogPosition other) => (Revision, Number).CompareTo((other.Revision, other.Number)) > 0;
}
