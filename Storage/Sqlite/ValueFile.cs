
namespace Snakepit.Storage.Sqlite;

/// <summary>
/// The file beside the database that has the bytes of large values, chunk by chunk, each at a place that its row names. Only rows
/// tell what is in use: of a chunk without a row nothing is known, and its place is free.
/// </summary>
internal sealed class ValueFile(string path)
{
    /// <summary>Within its folder.</summary>
    public const string FileName = "snakepit.values";

    private const string EndSql = "SELECT place + length FROM large_values WHERE place IS NOT NULL ORDER BY place DESC LIMIT 1";

    private const string ChunksSql = "SELECT place, length, checksum FROM large_values WHERE place IS NOT NULL";

    /// <summary>What is in use, in the order of places: place, length. Out of the index alone.</summary>
    public const string PlacesSql = "SELECT place, length FROM large_values WHERE place IS NOT NULL ORDER BY place";

    public string Path => path;

    /// <summary>In bytes; 0 = there is none, as no large value was ever stored.</summary>
    public long Length => SqliteFile.LengthOf(path);

    /// <summary>The bytes of a chunk. The caller's snapshot must have its row: else the place may have been given to another.</summary>
    /// <exception cref="IOException">They cannot be read, or are not those that were written.</exception>
    public void Read(long place, Span<byte> chunk, long checksum)
    {
        using var file = File.OpenHandle(path, share: FileShare.ReadWrite, options: FileOptions.SequentialScan);
        for (var at = 0; at < chunk.Length;)
        {
            var read = RandomAccess.Read(file, chunk[at..], place + at);
            at += read > 0 ? read : throw new IOException($"{FileName} ends within the value at {place}");
        }

        if (Crc32C.Of(chunk) != checksum)
        {
            throw new IOException($"{FileName} is damaged at {place}: what is there is not what was written");
        }
    }

    /// <summary>Where the last chunk ends that a database has a row of; 0 = it has none.</summary>
    public static long End(Database connection)
    {
        using var last = new Statement(connection, EndSql);
        using var rows = last.Query();
        return rows.Next() ? rows.Integer(0) : 0;
    }

    /// <summary>Looks whether the file is there and as long as the rows of a database say. Reads none of it.</summary>
    /// <exception cref="IOException">It is not.</exception>
    public void Check(Database connection)
    {
        var (end, length) = (End(connection), Length);
        if (length < end)
        {
            throw new IOException(length == 0
                ? $"{FileName}, which belongs to it, is missing"
                : $"{FileName}, which belongs to it, is truncated: it has {length} bytes of {end}");
        }
    }

    /// <summary>Reads every chunk that a database has rows of.</summary>
    /// <exception cref="IOException">One is damaged.</exception>
    public void CheckAll(Database connection)
    {
        using var all = new Statement(connection, ChunksSql);
        using var rows = all.Query();
        var buffer = Array.Empty<byte>();
        while (rows.Next())
        {
            var length = (int)rows.Integer(1);
            buffer = buffer.Length < length ? new byte[length] : buffer;
            Read(rows.Integer(0), buffer.AsSpan(0, length), rows.Integer(2));
        }
    }
}
