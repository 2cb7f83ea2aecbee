using Snakepit.Protocol.Storing;
using Snakepit.Sessions;

namespace Snakepit.Storage.Sqlite;

/// <summary>Appends to the log and keeps its index, for the writer's thread within its transaction.</summary>
internal sealed class LogWrites : IDisposable
{
    /// <summary>
    /// As neither generation of <see cref="LogTail"/> has more of a session than this, no reading has to look at many.
    /// </summary>
    private const int MostOfSession = 64;

    // Of the log, that the next start looks through at the most, apart from what waits.
    private const int MostUnnoted = 4_096;

    private const string Entered = "log_entered";

    private readonly Database _connection;
    private readonly LogTail _tail;
    private readonly Statement _append;
    private readonly Statement _enter;
    private readonly Statement _enterAll;
    private readonly Statement _findNewest;
    private readonly Statement _removeEntry;
    private readonly Statement _remove;
    private readonly Statement _note;

    // The newest row, and up to which row the file says that all are entered.
    private long _last;
    private long _noted;
    private long _notedBefore;
    private int _due;
    private int _dueBefore;

    public LogWrites(Database connection, LogTail tail)
    {
        _connection = connection;
        _tail = tail;
        _append = new Statement(
            connection,
            "INSERT INTO log(seq, session, number, first_revision, last_revision, time, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
        _enter = new Statement(connection, "INSERT INTO log_index(session, last_revision, number, seq) VALUES (?1, ?2, ?3, ?4)");
        _enterAll = new Statement(
            connection,
            "INSERT OR IGNORE INTO log_index(session, last_revision, number, seq) SELECT session, last_revision, number, seq FROM log " +
            "WHERE seq > ?1 ORDER BY session, last_revision, number");
        _findNewest = new Statement(connection, LogRows.NewestSql);
        _removeEntry = new Statement(
            connection,
            "DELETE FROM log_index WHERE session = ?1 AND last_revision = ?2 AND number = ?3 RETURNING seq");
        _remove = new Statement(connection, "DELETE FROM log WHERE seq = ?1");
        _note = new Statement(connection, "UPDATE meta SET value = ?2 WHERE name = ?1");
        _noted = _notedBefore = connection.Number($"SELECT value FROM meta WHERE name = '{Entered}'");
        _last = FindLast();
    }

    /// <summary>Whether there are rows after the one that the file says all are entered up to.</summary>
    public bool HasUnnoted => _last > _noted;

    /// <summary>The newest row.</summary>
    public long Last => _last;

    public void Append(SessionKey key, long session, Commit commit, ReadOnlySpan<byte> body)
    {
        var place = Append(session, commit.Number, commit.FirstRevision, commit.LastRevision, UnixTime.ToMicroseconds(commit.Time), body);

        // Twice as many are entered as have come, so that the old generation is in the index when the young is half full.
        _due += 2;
        if (_tail.Add(key, place) >= MostOfSession)
        {
            Enter(key);
        }
    }

    /// <summary>Appends a commit out of a file to a session that is not in use.</summary>
    public void Import(long session, ArchivedCommit commit) => Enter(
        Append(session, commit.Number, commit.FirstRevision, commit.LastRevision, commit.Time, commit.Body.Span));

    /// <summary>From here on in this transaction, the index has all of a session's commits.</summary>
    public void Enter(SessionKey key) => _tail.Take(key).ForEach(Enter);

    /// <summary>From here on in this transaction, the index has every row of the log, whoever appended it.</summary>
    public void EnterAll()
    {
        _enterAll.Bind(1, _noted).Run();
        _tail.TakeAll();
        _last = Math.Max(_last, FindLast());
        Note(_last);
    }

    /// <summary>A session's newest commit in the log, if there is one.</summary>
    public bool TryFindNewest(SessionKey key, long session, out NewestCommit newest)
    {
        if (_tail.TryGetNewest(key, out var place) && place.Session == session)
        {
            newest = new NewestCommit(session, place.Number, place.Revision);
            return true;
        }

        using var rows = _findNewest.Bind(1, session).Query();
        var found = rows.Next();
        newest = found ? new NewestCommit(session, rows.Integer(0), rows.Integer(1)) : default;
        return found;
    }

    /// <summary>Removes a commit, if it is there; the index has it by now.</summary>
    public void Remove(long session, LogPosition position)
    {
        using var removed = _removeEntry.Bind(1, session).Bind(2, position.Revision).Bind(3, position.Number).Query();
        if (removed.Next())
        {
            _remove.Bind(1, removed.Integer(0)).Run();
        }
    }

    public void BeforeCommit()
    {
        if (_due >= _tail.AtOnce)
        {
            _tail.Take(_due).ForEach(Enter);
            _due = 0;
        }

        if (_last - _noted >= MostUnnoted)
        {
            var entered = _tail.FirstWaiting() - 1 ?? _last;
            if (entered - _noted >= MostUnnoted)
            {
                Note(entered);
            }
        }
    }

    public void AfterCommit()
    {
        _tail.Commit();
        (_notedBefore, _dueBefore) = (_noted, _due);
    }

    public void AfterRollback()
    {
        _tail.Rollback();
        (_noted, _due) = (_notedBefore, _dueBefore);
    }

    public void Dispose()
    {
        _append.Dispose();
        _enter.Dispose();
        _enterAll.Dispose();
        _findNewest.Dispose();
        _removeEntry.Dispose();
        _remove.Dispose();
        _note.Dispose();
    }

    // What is noted holds for good: no new row is at or below it, even where those up to it have gone.
    private long FindLast() => Math.Max(_noted, _connection.Number("SELECT coalesce(max(seq), 0) FROM log"));

    private LogPlace Append(long session, long number, long firstRevision, long lastRevision, long time, ReadOnlySpan<byte> body)
    {
        var place = new LogPlace(++_last, session, lastRevision, number);
        _append
            .Bind(1, place.Seq)
            .Bind(2, session)
            .Bind(3, number)
            .Bind(4, firstRevision)
            .Bind(5, lastRevision)
            .Bind(6, time)
            .Bind(7, body)
            .Run();
        return place;
    }

    private void Enter(LogPlace place) =>
        _enter.Bind(1, place.Session).Bind(2, place.Revision).Bind(3, place.Number).Bind(4, place.Seq).Run();

    private void Note(long entered)
    {
        _note.Bind(1, Entered).Bind(2, entered).Run();
        _noted = entered;
    }
}
