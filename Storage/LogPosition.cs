namespace Snakepit.Storage;

/// <summary>A place in a session's log: of a commit, or just before the first.</summary>
public readonly record struct LogPosition(long Revision, long Number);
