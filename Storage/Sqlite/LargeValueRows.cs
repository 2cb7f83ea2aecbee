using System.Buffers;
using Snakepit.Protocol.Storing;

namespace Snakepit.Storage.Sqlite;

/// <summary>Reads large values of one session, each at most once however often it is referred to.</summary>
/// <param name="statement">Selects the chunks of (session, revision) in order.</param>
/// <param name="session">The session's internal key.</param>
internal sealed class LargeValueRows(Statement statement, long session)
{
    public const string Sql = "SELECT bytes FROM large_values WHERE session = ?1 AND revision = ?2 ORDER BY chunk";

    private readonly Dictionary<long, LargeValue> _read = [];

    /// <summary>How many bytes were read so far.</summary>
    public long Bytes { get; private set; }

    /// <summary>The value; null where <paramref name="revision"/> is 0.</summary>
    public LargeValue? Find(long revision)
    {
        if (revision == 0)
        {
            return null;
        }

        if (!_read.TryGetValue(revision, out var value))
        {
            value = Read(revision);
            _read.Add(revision, value);
        }

        return value;
    }

    private LargeValue Read(long revision)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var rows = statement.Bind(1, session).Bind(2, revision).Query())
        {
            if (!rows.Next())
            {
                throw new InvalidDataException($"the large value of revision {revision} is missing");
            }

            do
            {
                buffer.Write(rows.Bytes(0));
            }
            while (rows.Next());
        }

        Bytes += buffer.WrittenCount;
        return LargeValue.Parser.ParseFrom(buffer.WrittenSpan);
    }
}
