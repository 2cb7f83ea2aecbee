namespace Snakepit.Storage.Sqlite;

/// <summary>Where to find a session's commits.</summary>
/// <param name="Session">The session's internal key.</param>
/// <param name="Recent">Those that the index may be without, oldest first; some may have no row in the snapshot that is read.</param>
internal readonly record struct SessionLog(long Session, IReadOnlyList<LogPlace> Recent);

/// <summary>A stored session: its row, and where its commits are.</summary>
internal sealed record FoundSession(SessionRow Row, SessionLog Log);
