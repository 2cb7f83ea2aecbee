using Snakepit.Sessions;
using SQLitePCL;

namespace Snakepit.Storage.Sqlite;

/// <summary>
/// Lets go of what is no longer needed, a bounded amount at a time, for the writer's thread within its
/// transaction. Names sessions by their internal keys, which never return, so that what was found out about
/// a session before it ended can do no harm to the next of its name.
/// </summary>
internal sealed class Removals : IDisposable
{
    // A slice costs the other operations of its transaction a few milliseconds.
    private const int RowsPerSlice = 500;
    private const int ChunksPerSlice = 16;

    private readonly Database _connection;
    private readonly List<Statement> _statements = [];
    private readonly LogWrites _log;
    private readonly LargeValueWrites _large;
    private readonly EndedSessions _ended;
    private readonly Statement _endedChunks;
    private readonly Statement _endedCommits;
    private readonly Statement[] _endedRows;
    private readonly Statement _raiseFloor;
    private readonly Statement _deleteLarge;
    private readonly Statement _logAfter;

    public Removals(Database connection, LogWrites log, LargeValueWrites large, EndedSessions ended)
    {
        _connection = connection;
        _log = log;
        _large = large;
        _ended = ended;
        _endedChunks = Prepare(
            "DELETE FROM large_values WHERE rowid IN (SELECT rowid FROM large_values WHERE session = ?1 LIMIT ?2)" + LargeValueWrites.Returning);
        _endedCommits = Prepare(
            "DELETE FROM log WHERE seq IN (SELECT seq FROM log_index WHERE session = ?1 ORDER BY last_revision, number LIMIT ?2)");
        _endedRows =
        [
            Prepare(
                "DELETE FROM log_index WHERE session = ?1 AND (last_revision, number) IN " +
                "(SELECT last_revision, number FROM log_index WHERE session = ?1 ORDER BY last_revision, number LIMIT ?2)"),
            Prepare("DELETE FROM variables WHERE session = ?1 AND id IN (SELECT id FROM variables WHERE session = ?1 LIMIT ?2)"),
            Prepare(
                "DELETE FROM requests WHERE session = ?1 AND request_id IN " +
                "(SELECT request_id FROM requests WHERE session = ?1 LIMIT ?2)"),
        ];
        _raiseFloor = Prepare("UPDATE sessions SET floor = max(floor, ?2) WHERE key = ?1 RETURNING floor");
        _deleteLarge = Prepare("DELETE FROM large_values WHERE session = ?1 AND revision = ?2" + LargeValueWrites.Returning);
        _logAfter = Prepare(LogRows.AfterSql);
    }

    /// <summary>Removes some of what ended sessions have left behind. False when nothing is left.</summary>
    public bool RemoveEnded()
    {
        var rows = RowsPerSlice;
        var chunks = ChunksPerSlice;
        while (rows > 0 && chunks > 0)
        {
            if (!_ended.TryPeekDue(out var session))
            {
                return false;
            }

            chunks -= RemoveChunks(session, chunks);
            Remove(_endedCommits, session, rows);
            foreach (var statement in _endedRows)
            {
                rows -= Remove(statement, session, rows);
            }

            if (rows > 0 && chunks > 0)
            {
                _ended.ForgetDue();
                rows--;
            }
        }

        return true;
    }

    /// <summary>The floor never falls. Answers with the one that holds now; null if the session has ended.</summary>
    public long? RaiseFloor(long session, long floor)
    {
        using var rows = _raiseFloor.Bind(1, session).Bind(2, floor).Query();
        return rows.Next() ? rows.Integer(0) : null;
    }

    /// <summary>Removes rows of the log; the floor must lie at or above them by then.</summary>
    public void DeleteCommits(long session, IReadOnlyList<LogPosition> commits)
    {
        foreach (var commit in commits)
        {
            _log.Remove(session, commit);
        }
    }

    /// <summary>
    /// Removes large values to which nothing referred up to <paramref name="position"/>, less those to which
    /// a later commit does. Answers with the position up to which that is now known.
    /// </summary>
    public LogPosition DeleteLargeValues(
        SessionKey key, long session, HashSet<long> unused, IReadOnlyList<long> revisions, LogPosition position)
    {
        _log.Enter(key);
        using (var rows = _logAfter.Bind(1, session).Bind(2, position.Revision).Bind(3, position.Number).Query())
        {
            while (rows.Next())
            {
                position = new LogPosition(rows.Integer(2), rows.Integer(0));
                foreach (var change in TrimPlan.Outline(rows.Bytes(3)).Changes)
                {
                    unused.Remove(change.LargeValue);
                }
            }
        }

        foreach (var revision in revisions.Where(unused.Contains))
        {
            _large.Delete(_deleteLarge.Bind(1, session).Bind(2, revision));
        }

        return position;
    }

    public void Dispose() => _statements.ForEach(statement => statement.Dispose());

    private Statement Prepare(string sql)
    {
        var statement = new Statement(_connection, sql);
        _statements.Add(statement);
        return statement;
    }

    private int RemoveChunks(long session, int limit)
    {
        _large.Delete(_endedChunks.Bind(1, session).Bind(2, limit));
        return raw.sqlite3_changes(_connection.Handle);
    }

    private int Remove(Statement statement, long session, int limit)
    {
        if (limit > 0)
        {
            statement.Bind(1, session).Bind(2, limit).Run();
            return raw.sqlite3_changes(_connection.Handle);
        }

        return 0;
    }
}
