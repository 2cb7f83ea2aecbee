using Npgsql;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions;

namespace Snakepit.Storage.Postgres;

/// <summary>
/// A session's rows in <c>sessions</c>, as of its checkpoint, and in <c>heads</c>: where its log ends.
/// </summary>
internal sealed record SessionRow(
    long Session,
    long CommitNumber,
    long Revision,
    long Floor,
    DateTimeOffset ExpiresAt,
    SessionHeader Header,
    LogPosition Newest)
{
    /// <summary>The internal key of the session that $1 and $2 name.</summary>
    public const string KeySql = "(SELECT key FROM sessions WHERE tenant = $1 AND id = $2)";

    private const string Found = "FROM sessions s JOIN heads h ON h.session = s.key WHERE s.tenant = $1 AND s.id = $2";

    public static NpgsqlBatchCommand Find(SessionKey key) => Sql.Command(
        $"SELECT s.key, s.commit_number, s.revision, s.floor, s.expires_at, s.header, h.revision, h.number {Found}",
        Sql.Name(key.Tenant),
        Sql.Name(key.SessionId));

    public static SessionRow Read(NpgsqlDataReader rows) => new(
        rows.GetInt64(0),
        rows.GetInt64(1),
        rows.GetInt64(2),
        rows.GetInt64(3),
        UnixTime.FromMicroseconds(rows.GetInt64(4)),
        SessionHeader.Parser.ParseFrom(rows.Blob(5)),
        new LogPosition(rows.GetInt64(6), rows.GetInt64(7)));
}
