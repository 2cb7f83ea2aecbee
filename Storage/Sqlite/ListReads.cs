using Snakepit.Protocol.Storing;
using Snakepit.Sessions;

namespace Snakepit.Storage.Sqlite;

/// <summary>Reads lists, each from an index.</summary>
internal sealed class ListReads(Database connection) : IDisposable
{
    private readonly Statement _expired = new(
        connection,
        "SELECT tenant, id FROM sessions WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2");

    private readonly Statement _sessions = new(
        connection,
        "SELECT id, header, expires_at FROM sessions WHERE tenant = ?1 AND id > ?2 ORDER BY id LIMIT ?3");

    private readonly Statement _calculation = new(
        connection,
        "SELECT token, value, expires_at FROM calculations WHERE token = ?1");

    private readonly Statement _expiredCalculations = new(
        connection,
        "SELECT token, value, expires_at FROM calculations WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2");

    public IReadOnlyList<SessionKey> Expired(DateTimeOffset now, int limit)
    {
        var keys = new List<SessionKey>();
        using var rows = _expired.Bind(1, UnixTime.ToMicroseconds(now)).Bind(2, limit).Query();
        while (rows.Next())
        {
            keys.Add(new SessionKey(rows.Text(0), rows.Text(1)));
        }

        return keys;
    }

    public IReadOnlyList<StoredSummary> Sessions(string tenant, string afterId, int limit)
    {
        var summaries = new List<StoredSummary>();
        using var rows = _sessions.Bind(1, tenant).Bind(2, afterId).Bind(3, limit).Query();
        while (rows.Next())
        {
            summaries.Add(new StoredSummary(
                new SessionKey(tenant, rows.Text(0)),
                SessionHeader.Parser.ParseFrom(rows.Bytes(1)),
                UnixTime.FromMicroseconds(rows.Integer(2))));
        }

        return summaries;
    }

    public StoredCalculation? Calculation(string token)
    {
        using var rows = _calculation.Bind(1, token).Query();
        return rows.Next() ? Calculation(rows) : null;
    }

    public IReadOnlyList<StoredCalculation> ExpiredCalculations(DateTimeOffset now, int limit)
    {
        var calculations = new List<StoredCalculation>();
        using var rows = _expiredCalculations.Bind(1, UnixTime.ToMicroseconds(now)).Bind(2, limit).Query();
        while (rows.Next())
        {
            calculations.Add(Calculation(rows));
        }

        return calculations;
    }

    public void Dispose()
    {
        _expired.Dispose();
        _sessions.Dispose();
        _calculation.Dispose();
        _expiredCalculations.Dispose();
    }

    private static StoredCalculation Calculation(Statement.Rows rows) => new(
        rows.Text(0),
        BitConverter.Int64BitsToDouble(rows.Integer(1)),
        UnixTime.FromMicroseconds(rows.Integer(2)));
}
