
namespace Snakepit.Storage.Sqlite;

/// <summary>
/// Finds out what a trim can remove, a piece at a time, each from a snapshot of its own. It goes by the index of the log: what that
/// is without is newer than what a trim removes.
/// </summary>
internal sealed class TrimReads(Database connection) : IDisposable
{
    private const int RowsPerPage = 500;
    private const int BytesPerPage = 4 * 1024 * 1024;

    private readonly Statement _lengths = new(
        connection,
        "SELECT last_revision, length(body) + coalesce((" +
        "SELECT sum(coalesce(value.length, length(value.bytes))) FROM large_values value " +
        "WHERE value.session = ?1 AND value.revision BETWEEN first_revision AND last_revision), 0) " +
        "FROM log_index CROSS JOIN log USING (seq, session, number, last_revision) " +
        "WHERE session = ?1 AND last_revision > ?2 ORDER BY last_revision DESC, number DESC");

    private readonly Statement _boundary = new(
        connection,
        "SELECT last_revision FROM log_index WHERE session = ?1 AND last_revision <= ?2 ORDER BY last_revision DESC LIMIT 1");

    private readonly Statement _times = new(
        connection,
        "SELECT last_revision, time FROM log_index CROSS JOIN log USING (seq, session, number, last_revision) " +
        "WHERE session = ?1 AND last_revision > ?2 ORDER BY last_revision, number");

    private readonly Statement _large = new(
        connection,
        "SELECT revision FROM large_values WHERE session = ?1 AND revision <= ?2 AND chunk = 0");

    private readonly Statement _page = new(connection, LogRows.AfterSql);

    public LogExtent Extent(SessionRow row, long maxBytes)
    {
        var bytes = 0L;
        using var rows = _lengths.Bind(1, row.Session).Bind(2, row.Floor).Query();
        while (rows.Next())
        {
            var with = bytes + rows.Integer(1);
            if (with > maxBytes)
            {
                return new LogExtent(rows.Integer(0), bytes);
            }

            bytes = with;
        }

        return new LogExtent(row.Floor, bytes);
    }

    public TrimPlan Plan(SessionRow row, Retention retention, SessionRows rows)
    {
        var floor = Floor(row, retention);
        var plan = new TrimPlan(row.Session, row.CommitNumber, row.Floor, floor, retention.HistoryLimit, LargeValues(row.Session, floor));
        rows.ForEachVariable(row.Session, plan.Keep);
        return plan;
    }

    public TrimPage Page(TrimPlan plan, LogPosition from)
    {
        var deletable = new List<LogPosition>();
        var count = 0;
        var bytes = 0;
        using var rows = _page.Bind(1, plan.Session).Bind(2, from.Revision).Bind(3, from.Number).Query();
        while (rows.Next())
        {
            var position = new LogPosition(rows.Integer(2), rows.Integer(0));
            if (plan.IsDoneAt(position))
            {
                break;
            }

            if (plan.LetsGo(position, TrimPlan.Outline(rows.Bytes(3)), rows.Bytes(3).Length))
            {
                deletable.Add(position);
            }

            from = position;
            bytes += rows.Bytes(3).Length;
            count++;
            if (count == RowsPerPage || bytes >= BytesPerPage)
            {
                return new TrimPage(deletable, from, IsLast: false);
            }
        }

        return new TrimPage(deletable, from, IsLast: true);
    }

    public void Dispose()
    {
        _lengths.Dispose();
        _boundary.Dispose();
        _times.Dispose();
        _large.Dispose();
        _page.Dispose();
    }

    private long Floor(SessionRow row, Retention retention)
    {
        var floor = row.Floor;
        using (var rows = _boundary.Bind(1, row.Session).Bind(2, retention.After).Query())
        {
            if (rows.Next())
            {
                floor = Math.Max(floor, rows.Integer(0));
            }
        }

        // Commits are in order of time, so the first that is not older ends the search.
        var notBefore = UnixTime.ToMicroseconds(retention.NotBefore);
        using (var rows = _times.Bind(1, row.Session).Bind(2, floor).Query())
        {
            while (rows.Next() && rows.Integer(1) < notBefore)
            {
                floor = rows.Integer(0);
            }
        }

        return floor;
    }

    private HashSet<long> LargeValues(long session, long floor)
    {
        var revisions = new HashSet<long>();
        using var rows = _large.Bind(1, session).Bind(2, floor).Query();
        while (rows.Next())
        {
            revisions.Add(rows.Integer(0));
        }

        return revisions;
    }
}
