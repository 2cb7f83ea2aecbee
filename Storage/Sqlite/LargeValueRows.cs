using System.Buffers;
using Snakepit.Protocol.Storing;

namespace Snakepit.Storage.Sqlite;

/// <summary>Reads large values of one session, each at most once however often it is referred to.</summary>
/// <param name="statement"><see cref="Sql"/>.</param>
/// <param name="values">The file that has the bytes of some.</param>
/// <param name="session">The session's internal key.</param>
internal sealed class LargeValueRows(Statement statement, ValueFile values, long session)
{
    /// <summary>The chunks of (session, revision) in order.</summary>
    public const string Sql = "SELECT bytes, place, length, checksum FROM large_values WHERE session = ?1 AND revision = ?2 ORDER BY chunk";

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
                Add(rows, buffer);
            }
            while (rows.Next());
        }

        Bytes += buffer.WrittenCount;
        return LargeValue.Parser.ParseFrom(buffer.WrittenSpan);
    }

    private void Add(Statement.Rows row, ArrayBufferWriter<byte> buffer)
    {
        if (row.Integer(1) is not 0 and var place)
        {
            var length = (int)row.Integer(2);
            values.Read(place, buffer.GetSpan(length)[..length], row.Integer(3));
            buffer.Advance(length);
        }
        else
        {
            buffer.Write(row.Bytes(0));
        }
    }
}
