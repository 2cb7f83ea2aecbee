using Snakepit.Sessions;

namespace Snakepit.Storage.Sqlite;

/// <summary>Brings sessions' rows up to a commit, for the writer's thread within its transaction.</summary>
internal sealed class CheckpointWrites(Database connection, LogWrites log) : IDisposable
{
    public const string SetVariableSql = "INSERT OR REPLACE INTO variables(session, id, body) VALUES (?1, ?2, ?3)";
    public const string SetRequestSql = "INSERT OR REPLACE INTO requests(session, request_id, body) VALUES (?1, ?2, ?3)";

    private readonly Statement _find = new(connection, SessionWrites.FindSql);

    private readonly Statement _findCommit = new(
        connection,
        "SELECT 1 FROM log_index WHERE session = ?1 AND last_revision = ?2 AND number = ?3");

    private readonly Statement _update = new(
        connection,
        "UPDATE sessions SET commit_number = ?2, revision = ?3, expires_at = ?4, header = ?5 WHERE key = ?1");

    private readonly Statement _setTools = new(connection, "UPDATE sessions SET tools = ?2 WHERE key = ?1");
    private readonly Statement _setVariable = new(connection, SetVariableSql);
    private readonly Statement _removeVariable = new(connection, "DELETE FROM variables WHERE session = ?1 AND id = ?2");

    private readonly Statement _setRequest = new(connection, SetRequestSql);
    private readonly Statement _removeRequest = new(
        connection,
        "DELETE FROM requests WHERE session = ?1 AND request_id = ?2");

    /// <summary>Does nothing if the stored checkpoint is newer, or the commit not one of the session stored.</summary>
    public void Apply(SessionKey key, EncodedCheckpoint encoded)
    {
        var checkpoint = encoded.Checkpoint;
        log.Enter(key);
        if (!TryFind(key, out var row) || !IsOfThisSession(row, checkpoint))
        {
            return;
        }

        _update
            .Bind(1, row.Session)
            .Bind(2, checkpoint.CommitNumber)
            .Bind(3, checkpoint.Revision)
            .Bind(4, UnixTime.ToMicroseconds(checkpoint.ExpiresAt))
            .Bind(5, encoded.Header)
            .Run();
        if (encoded.Tools is { } tools)
        {
            _setTools.Bind(1, row.Session).Bind(2, tools).Run();
        }

        Set(_setVariable, row.Session, encoded.Variables);
        Remove(_removeVariable, row.Session, checkpoint.Removed);
        Set(_setRequest, row.Session, encoded.Requests);
        Remove(_removeRequest, row.Session, checkpoint.ForgottenRequests);
        foreach (var (revision, number) in checkpoint.Superseded)
        {
            log.Remove(row.Session, new LogPosition(revision, number));
        }
    }

    public void Dispose()
    {
        _find.Dispose();
        _findCommit.Dispose();
        _update.Dispose();
        _setTools.Dispose();
        _setVariable.Dispose();
        _removeVariable.Dispose();
        _setRequest.Dispose();
        _removeRequest.Dispose();
    }

    /// <summary>The session's row: its checkpoint.</summary>
    private bool TryFind(SessionKey key, out NewestCommit row)
    {
        using var rows = _find.Bind(1, key.Tenant).Bind(2, key.SessionId).Query();
        var found = rows.Next();
        row = found ? new NewestCommit(rows.Integer(0), rows.Integer(1), rows.Integer(2)) : default;
        return found;
    }

    /// <summary>
    /// True if it is a commit of this very session (and not of one that ended under the same name), at or
    /// after the stored checkpoint. A commit that is not yet part of the checkpoint is always in the log.
    /// </summary>
    private bool IsOfThisSession(NewestCommit row, Checkpoint checkpoint)
    {
        if (checkpoint.CommitNumber <= row.Number)
        {
            return checkpoint.CommitNumber == row.Number && checkpoint.Revision == row.Revision;
        }

        using var rows = _findCommit
            .Bind(1, row.Session)
            .Bind(2, checkpoint.Revision)
            .Bind(3, checkpoint.CommitNumber)
            .Query();
        return rows.Next();
    }

    private static void Set(Statement statement, long session, IReadOnlyList<(string Id, byte[] Body)> rows)
    {
        foreach (var (id, body) in rows)
        {
            statement.Bind(1, session).Bind(2, id).Bind(3, body).Run();
        }
    }

    private static void Remove(Statement statement, long session, IReadOnlyList<string> ids)
    {
        foreach (var id in ids)
        {
            statement.Bind(1, session).Bind(2, id).Run();
        }
    }
}
