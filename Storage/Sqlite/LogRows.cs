using Microsoft.Data.Sqlite;
using Snakepit.Protocol.Storing;

namespace Snakepit.Storage.Sqlite;

/// <summary>Reads sessions' logs.</summary>
internal sealed class LogRows(SqliteConnection connection) : IDisposable
{
    private readonly Statement _after = new(
        connection,
        "SELECT number, last_revision, body FROM log WHERE session = ?1 AND (last_revision, number) > (?2, ?3) " +
        "ORDER BY last_revision, number");

    private readonly Statement _changedAfter = new(
        connection,
        "SELECT number, last_revision, body FROM log WHERE session = ?1 AND last_revision > ?2 " +
        "AND first_revision <= last_revision ORDER BY last_revision, number");

    private readonly Statement _containing = new(
        connection,
        "SELECT first_revision, body FROM log WHERE session = ?1 AND last_revision >= ?2 ORDER BY last_revision, number LIMIT 1");

    private readonly Statement _newest = new(
        connection,
        "SELECT number, last_revision FROM log WHERE session = ?1 ORDER BY last_revision DESC, number DESC LIMIT 1");

    private readonly Statement _large = new(connection, LargeValueRows.Sql);

    public LargeValueRows LargeValues(long session) => new(_large, session);

    public LogEnd End(SessionRow row)
    {
        using var rows = _newest.Bind(1, row.Session).Query();
        var createdAt = row.Header.CreatedAt.ToDateTimeOffset();
        return rows.Next() && rows.Integer(0) > row.CommitNumber
            ? new LogEnd(rows.Integer(0), rows.Integer(1), createdAt)
            : new LogEnd(row.CommitNumber, row.Revision, createdAt);
    }

    /// <summary>Every commit after the checkpoint, those without a change included.</summary>
    public List<StoredCommit> AfterCheckpoint(SessionRow row, LargeValueRows large)
    {
        var commits = new List<StoredCommit>();
        using var rows = _after.Bind(1, row.Session).Bind(2, row.Revision).Bind(3, row.CommitNumber).Query();
        while (rows.Next())
        {
            commits.Add(Commit(rows, large));
        }

        return commits;
    }

    /// <summary>Commits with a change after a revision, at least one if there is any.</summary>
    public List<StoredCommit> Page(long session, long afterRevision, int maxBytes)
    {
        var commits = new List<StoredCommit>();
        var large = LargeValues(session);
        var bytes = 0L;
        using var rows = _changedAfter.Bind(1, session).Bind(2, afterRevision).Query();
        while (rows.Next())
        {
            bytes += rows.Bytes(2).Length;
            if (commits.Count > 0 && bytes + large.Bytes > maxBytes)
            {
                break;
            }

            commits.Add(Commit(rows, large));
        }

        return commits;
    }

    public List<StoredChange> Chain(long session, long newest, int limit)
    {
        var values = new List<StoredChange>();
        var large = LargeValues(session);
        for (var revision = newest; revision > 0 && values.Count < limit;)
        {
            if (FindChange(session, revision) is not { } change)
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
        _after.Dispose();
        _changedAfter.Dispose();
        _containing.Dispose();
        _newest.Dispose();
        _large.Dispose();
    }

    private static StoredCommit Commit(Statement.Rows rows, LargeValueRows large)
    {
        var record = CommitRecord.Parser.ParseFrom(rows.Bytes(2));
        return new StoredCommit(
            rows.Integer(0),
            rows.Integer(1),
            [.. record.Changes.Select(change => new StoredChange(change, large.Find(change.LargeValue)))],
            record);
    }

    // Where the commit is gone, the first row at or after the revision is another's.
    private ChangeRecord? FindChange(long session, long revision)
    {
        using var rows = _containing.Bind(1, session).Bind(2, revision).Query();
        return rows.Next() && rows.Integer(0) <= revision
            ? CommitRecord.Parser.ParseFrom(rows.Bytes(1)).Changes[(int)(revision - rows.Integer(0))]
            : null;
    }
}
