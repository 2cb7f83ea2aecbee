namespace Snakepit.Storage.Sqlite;

/// <summary>Where a session's log stands: the fence for its next commit.</summary>
/// <param name="Session">The session's internal key.</param>
/// <param name="Number">Of its newest commit.</param>
/// <param name="Revision">After it.</param>
internal readonly record struct NewestCommit(long Session, long Number, long Revision);
