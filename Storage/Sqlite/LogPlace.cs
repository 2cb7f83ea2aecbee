namespace Snakepit.Storage.Sqlite;

/// <summary>Where a commit's row of the log is.</summary>
/// <param name="Seq">The row's key.</param>
/// <param name="Session">The session's internal key.</param>
/// <param name="Revision">The commit's last.</param>
/// <param name="Number">The commit's.</param>
internal readonly record struct LogPlace(long Seq, long Session, long Revision, long Number)
{
    public LogPosition Position => new(Revision, Number);
}
