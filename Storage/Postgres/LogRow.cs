using Npgsql;
using Snakepit.Protocol.Storing;

namespace Snakepit.Storage.Postgres;

/// <summary>A row of the log, its large values not yet filled in.</summary>
internal sealed record LogRow(LogPosition Position, CommitRecord Record, int Bytes)
{
    public IEnumerable<long> LargeValues => Record.Changes.Select(change => change.LargeValue).Where(revision => revision != 0);

    public StoredCommit With(IReadOnlyDictionary<long, LargeValue> large) => new(
        Position.Number,
        Position.Revision,
        [.. Record.Changes.Select(change => new StoredChange(change, large.GetValueOrDefault(change.LargeValue)))],
        Record);

    /// <summary>Of columns number, last_revision, body.</summary>
    public static LogRow Read(NpgsqlDataReader rows)
    {
        var body = rows.Blob(2);
        return new LogRow(new LogPosition(rows.GetInt64(1), rows.GetInt64(0)), CommitRecord.Parser.ParseFrom(body), body.Length);
    }

    /// <summary>
    /// The rows of a session that satisfy a condition, in order, until they have a number of bytes, and at
    /// least one. The server looks at no more rows than <paramref name="maxRows"/>, and sends only those.
    /// </summary>
    /// <param name="session">SQL for the session's internal key.</param>
    /// <param name="condition">SQL.</param>
    /// <param name="maxRows">SQL.</param>
    /// <param name="maxBytes">SQL.</param>
    public static string PageSql(string session, string condition, string maxRows, string maxBytes) =>
        "SELECT number, last_revision, body FROM (" +
        "SELECT number, last_revision, body, sum(octet_length(body)) OVER place AS bytes, row_number() OVER place AS nth FROM (" +
        $"SELECT number, last_revision, body FROM log WHERE session = {session} AND {condition} " +
        $"ORDER BY last_revision, number LIMIT {maxRows}) looked_at " +
        "WINDOW place AS (ORDER BY last_revision, number)) counted " +
        $"WHERE bytes <= {maxBytes} OR nth = 1 ORDER BY last_revision, number";
}
