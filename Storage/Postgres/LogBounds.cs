using Npgsql;

namespace Snakepit.Storage.Postgres;

/// <summary>Whose log it is, from where it can be replayed, and where it ends.</summary>
/// <param name="Session">The session's internal key.</param>
/// <param name="CreatedAt">When the session was made.</param>
/// <param name="Floor">The lowest revision from which it can be replayed.</param>
/// <param name="Revision">The newest.</param>
internal sealed record LogBounds(long Session, DateTimeOffset CreatedAt, long Floor, long Revision)
{
    /// <summary>Of a session that is stored; takes two parameters.</summary>
    public const string OfStoredSql =
        "SELECT s.key, s.created_at, s.floor, h.revision FROM sessions s JOIN heads h ON h.session = s.key WHERE s.tenant = $1 AND s.id = $2";

    /// <summary>Of a session that has ended; takes three parameters, the last the microsecond in which it was made.</summary>
    public const string OfEndedSql = $"SELECT session, created_at, floor, revision {Kept}";

    /// <summary>The internal key of such a session, where the third parameter is $6.</summary>
    public const string EndedKeySql =
        "(SELECT session FROM kept_logs WHERE tenant = $1 AND id = $2 AND created_at / 10 = $6 ORDER BY session DESC LIMIT 1)";

    // One that was imported again, as it had been exported before its end, can be there twice.
    private const string Kept = "FROM kept_logs WHERE tenant = $1 AND id = $2 AND created_at / 10 = $3 ORDER BY session DESC LIMIT 1";

    public static LogBounds Read(NpgsqlDataReader rows) =>
        new(rows.GetInt64(0), CreationTime.Read(rows.GetInt64(1)), rows.GetInt64(2), rows.GetInt64(3));
}
