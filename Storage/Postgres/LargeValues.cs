using Npgsql;
using Snakepit.Protocol.Storing;

namespace Snakepit.Storage.Postgres;

/// <summary>Reads values that are kept apart from the log, and cuts them up for it.</summary>
internal static class LargeValues
{
    public const int ChunkLength = 1024 * 1024;

    /// <summary>A value's bytes as the table holds them: at least one piece, none above 1 MiB.</summary>
    public static IEnumerable<byte[]> Chunks(byte[] bytes) => bytes.Length == 0 ? [bytes] : bytes.Chunk(ChunkLength);

    /// <summary>The values of a session stored under some revisions. </summary>
    /// <exception cref="InvalidDataException">One is missing: it went with what referred to it, or was lost.</exception>
    public static async Task<Dictionary<long, LargeValue>> ReadAsync(
        NpgsqlConnection connection, long session, HashSet<long> revisions, CancellationToken cancellation)
    {
        var values = new Dictionary<long, LargeValue>();
        if (revisions.Count == 0)
        {
            return values;
        }

        var question = Sql.Command(
            "SELECT l.revision, l.bytes FROM unnest($2::bigint[]) AS wanted(revision) " +
            "JOIN large_values l ON l.session = $1 AND l.revision = wanted.revision ORDER BY l.revision, l.chunk",
            Sql.Value(session),
            Sql.Value(revisions.ToArray()));
        var chunks = await connection.QueryAsync(question, rows => (Revision: rows.GetInt64(0), Bytes: rows.Blob(1)), cancellation)
            .ConfigureAwait(false);
        foreach (var value in chunks.GroupBy(chunk => chunk.Revision, chunk => chunk.Bytes))
        {
            values.Add(value.Key, LargeValue.Parser.ParseFrom(Whole([.. value])));
        }

        return revisions.All(values.ContainsKey)
            ? values
            : throw new InvalidDataException($"the large value of revision {revisions.First(revision => !values.ContainsKey(revision))} is missing");
    }

    /// <summary>How many bytes such values have.</summary>
    public static async Task<Dictionary<long, long>> ReadLengthsAsync(
        NpgsqlConnection connection, long session, HashSet<long> revisions, CancellationToken cancellation)
    {
        var question = Sql.Command(
            "SELECT l.revision, sum(octet_length(l.bytes)) FROM unnest($2::bigint[]) AS wanted(revision) " +
            "JOIN large_values l ON l.session = $1 AND l.revision = wanted.revision GROUP BY l.revision",
            Sql.Value(session),
            Sql.Value(revisions.ToArray()));
        var lengths = await connection.QueryAsync(question, rows => (Revision: rows.GetInt64(0), Length: rows.GetInt64(1)), cancellation)
            .ConfigureAwait(false);
        return lengths.ToDictionary(value => value.Revision, value => value.Length);
    }

    private static byte[] Whole(byte[][] chunks)
    {
        if (chunks.Length == 1)
        {
            return chunks[0];
        }

        var whole = new byte[chunks.Sum(chunk => chunk.Length)];
        var at = 0;
        foreach (var chunk in chunks)
        {
            chunk.CopyTo(whole, at);
            at += chunk.Length;
        }

        return whole;
    }
}
