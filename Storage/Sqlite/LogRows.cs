using Snakepit.Protocol.Storing;

namespace Snakepit.Storage.Sqlite;

/// <summary>Reads sessions' logs.</summary>
internal sealed class LogRows(Database connection, ValueFile values) : IDisposable
{
    /// <summary>Of a session (?1) what the index has after a position (?2 revision, ?3 number): number, first revision, last revision, body.</summary>
    public const string AfterSql =
        "SELECT number, first_revision, last_revision, body FROM log_index CROSS JOIN log USING (seq, session, number, last_revision) " +
        "WHERE session = ?1 AND (last_revision, number) > (?2, ?3) ORDER BY last_revision, number";

    /// <summary>The newest that the index has of a session (?1): number, last revision.</summary>
    public const string NewestSql =
        "SELECT number, last_revision FROM log_index WHERE session = ?1 ORDER BY last_revision DESC, number DESC LIMIT 1";

    private readonly Statement _indexed = new(connection, AfterSql);

    // A number of a row that was never durable can have been given to another's.
    private readonly Statement _recent = new(
        connection,
        "SELECT number, first_revision, last_revision, body FROM log WHERE seq = ?1 AND session = ?2 AND number = ?3");

    private readonly Statement _newest = new(connection, NewestSql);

    private readonly Statement _large = new(connection, LargeValueRows.Sql);

    public LargeValueRows LargeValues(long session) => new(_large, values, session);

    public LogEnd End(FoundSession found)
    {
        var newest = Newest(found.Log);
        var row = found.Row;
        var end = newest.Number > row.CommitNumber ? newest : new LogPosition(row.Revision, row.CommitNumber);
        return new LogEnd(end.Number, end.Revision, row.Header.CreatedAt.ToDateTimeOffset());
    }

    /// <summary>The newest commit that the log has; default = none.</summary>
    public LogPosition Newest(SessionLog log)
    {
        // The index may have got what is recent, and more, before the snapshot began.
        var newest = NewestIndexed(log.Session);
        for (var n = log.Recent.Count - 1; n >= 0 && log.Recent[n].Position.IsAfter(newest); n--)
        {
            using var row = Find(log, log.Recent[n]);
            if (row.Next())
            {
                return log.Recent[n].Position;
            }
        }

        return newest;
    }

    /// <summary>Every commit after the checkpoint, those without a change included.</summary>
    public List<StoredCommit> AfterCheckpoint(FoundSession found, LargeValueRows large)
    {
        var commits = new List<StoredCommit>();
        Read(found.Log, new LogPosition(found.Row.Revision, found.Row.CommitNumber), row =>
        {
            commits.Add(Commit(row, large));
            return true;
        });
        return commits;
    }

    /// <summary>Commits with a change after a revision, at least one if there is any.</summary>
    public List<StoredCommit> Page(SessionLog log, long afterRevision, int maxBytes)
    {
        var commits = new List<StoredCommit>();
        var large = LargeValues(log.Session);
        var bytes = 0L;
        Read(log, new LogPosition(afterRevision, long.MaxValue), row =>
        {
            if (row.Integer(1) > row.Integer(2))
            {
                return true;
            }

            bytes += row.Bytes(3).Length;
            if (commits.Count > 0 && bytes + large.Bytes > maxBytes)
            {
                return false;
            }

            commits.Add(Commit(row, large));
            return true;
        });
        return commits;
    }

    public List<StoredChange> Chain(SessionLog log, long newest, int limit)
    {
        var values = new List<StoredChange>();
        var large = LargeValues(log.Session);
        for (var revision = newest; revision > 0 && values.Count < limit;)
        {
            if (FindChange(log, revision) is not { } change)
            {
                break;
            }

            values.Add(new StoredChange(change, large.Find(change.LargeValue)));
            revision = change.Previous;
        }

        return values;
    }

    public void Dispose()
    {
        _indexed.Dispose();
        _recent.Dispose();
        _newest.Dispose();
        _large.Dispose();
    }

    private static StoredCommit Commit(Statement.Rows row, LargeValueRows large)
    {
        var record = CommitRecord.Parser.ParseFrom(row.Bytes(3));
        return new StoredCommit(
            row.Integer(0),
            row.Integer(2),
            [.. record.Changes.Select(change => new StoredChange(change, large.Find(change.LargeValue)))],
            record);
    }

    // Where the commit is gone, the first row at or after the revision is another's.
    private ChangeRecord? FindChange(SessionLog log, long revision)
    {
        ChangeRecord? change = null;
        Read(log, new LogPosition(revision - 1, long.MaxValue), row =>
        {
            if (row.Integer(1) <= revision)
            {
                change = CommitRecord.Parser.ParseFrom(row.Bytes(3)).Changes[(int)(revision - row.Integer(1))];
            }

            return false;
        });
        return change;
    }

    private LogPosition NewestIndexed(long session)
    {
        using var rows = _newest.Bind(1, session).Query();
        return rows.Next() ? new LogPosition(rows.Integer(1), rows.Integer(0)) : default;
    }

    /// <summary>Shows each commit after a position, oldest first, until <paramref name="use"/> wants no more.</summary>
    private void Read(SessionLog log, LogPosition after, Use use)
    {
        using (var rows = _indexed.Bind(1, log.Session).Bind(2, after.Revision).Bind(3, after.Number).Query())
        {
            while (rows.Next())
            {
                if (!use(rows))
                {
                    return;
                }

                after = new LogPosition(rows.Integer(2), rows.Integer(0));
            }
        }

        foreach (var place in log.Recent)
        {
            if (place.Position.IsAfter(after))
            {
                using var row = Find(log, place);
                if (row.Next() && !use(row))
                {
                    return;
                }
            }
        }
    }

    // Not if it is of another session of that name.
    private Statement.Rows Find(SessionLog log, LogPlace place) =>
        _recent.Bind(1, place.Seq).Bind(2, log.Session).Bind(3, place.Number).Query();

    // Columns: number, first revision, last revision, body.
    private delegate bool Use(Statement.Rows row);
}
