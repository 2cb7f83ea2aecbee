using Snakepit.Protocol.Storing;
using Snakepit.Sessions;
using Snakepit.Storage.Archive;

namespace Snakepit.Storage.Sqlite;

/// <summary>A session's row.</summary>
internal sealed record SessionRow(
    long Session,
    long CommitNumber,
    long Revision,
    long Floor,
    DateTimeOffset ExpiresAt,
    SessionHeader Header);

/// <summary>Reads what a checkpoint consists of.</summary>
internal sealed class SessionRows(Database connection) : IDisposable
{
    /// <summary>The tenant's own, or that of <see cref="RevisionRaise.EveryTenant"/>.</summary>
    public const string EndedRevisionSql = "SELECT coalesce(max(ended_revision), 0) FROM tenants WHERE tenant IN (?1, char(0))";

    private readonly Statement _find = new(
        connection,
        "SELECT key, commit_number, revision, floor, expires_at, header FROM sessions WHERE tenant = ?1 AND id = ?2");

    private readonly Statement _tools = new(connection, "SELECT tools FROM sessions WHERE key = ?1 AND tools IS NOT NULL");
    private readonly Statement _variables = new(connection, "SELECT body FROM variables WHERE session = ?1");
    private readonly Statement _requests = new(connection, "SELECT body FROM requests WHERE session = ?1");
    private readonly Statement _endedRevision = new(connection, EndedRevisionSql);

    public SessionRow? Find(SessionKey key)
    {
        using var rows = _find.Bind(1, key.Tenant).Bind(2, key.SessionId).Query();
        return rows.Next()
            ? new SessionRow(
                rows.Integer(0),
                rows.Integer(1),
                rows.Integer(2),
                rows.Integer(3),
                UnixTime.FromMicroseconds(rows.Integer(4)),
                SessionHeader.Parser.ParseFrom(rows.Bytes(5)))
            : null;
    }

    /// <summary>At the session's checkpoint; null = none.</summary>
    public ToolSet? Tools(long session)
    {
        using var rows = _tools.Bind(1, session).Query();
        return rows.Next() ? ToolSet.Parser.ParseFrom(rows.Bytes(0)) : null;
    }

    /// <summary>The highest revision that any ended session of the tenant reached.</summary>
    public long EndedRevision(string tenant)
    {
        using var rows = _endedRevision.Bind(1, tenant).Query();
        return rows.Next() ? rows.Integer(0) : 0;
    }

    /// <summary>Hands out the variables one by one, so that not all of them need to be held.</summary>
    public void ForEachVariable(long session, Action<VariableRecord> use)
    {
        using var rows = _variables.Bind(1, session).Query();
        while (rows.Next())
        {
            use(VariableRecord.Parser.ParseFrom(rows.Bytes(0)));
        }
    }

    public List<RequestRecord> Requests(long session)
    {
        var requests = new List<RequestRecord>();
        using var rows = _requests.Bind(1, session).Query();
        while (rows.Next())
        {
            requests.Add(RequestRecord.Parser.ParseFrom(rows.Bytes(0)));
        }

        return requests;
    }

    public void Dispose()
    {
        _find.Dispose();
        _tools.Dispose();
        _variables.Dispose();
        _requests.Dispose();
        _endedRevision.Dispose();
    }
}
