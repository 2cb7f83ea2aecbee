using Google.Protobuf;
using Snakepit.Protocol.Storing;

namespace Snakepit.Storage.Sqlite;

/// <summary>
/// Large values, for the writer's thread within its transaction. Short ones are in their rows; of others the rows have the places
/// in the file of values. A place is written while no row names it, flushed before the transaction that does, and given to
/// another only when no reader's snapshot, of whatever process, can have the row that named it: when all that the write-ahead log had
/// after the deletion was copied into the database.
/// </summary>
internal sealed class LargeValueWrites : IDisposable
{
    /// <summary>A chunk that is in its row.</summary>
    public const string AppendSql = "INSERT INTO large_values(session, revision, chunk, bytes) VALUES (?1, ?2, ?3, ?4)";

    /// <summary>What is put behind a deletion, for <see cref="Delete"/>.</summary>
    public const string Returning = " RETURNING place, length";

    // In bytes. The file has a flush of its own, which a shorter value does not make up for (docs/performance.md).
    public const int LeastInFile = 256 * 1024;
    public const int ChunkLength = 1024 * 1024;

    // What is free at the end of the file goes back to the file system when it is so much.
    private const long SpareBytes = 64 * 1024 * 1024;

    private readonly Database _connection;
    private readonly ValueFile _values;
    private readonly ValueFileWriter _writer;
    private readonly Statement _append;
    private readonly Statement _appendPlace;

    // Of the present transaction.
    private readonly List<(long Place, long Length)> _taken = [];
    private readonly List<(long Place, long Length)> _deleted = [];

    // Whose rows are deleted, but readers may have them.
    private readonly List<(long Place, long Length)> _released = [];

    // How many of them were when the log was last begun to be copied.
    private int _releasedBefore;

    private FreeSpace? _space;
    private bool _knowsFree;

    // A transaction whose outcome is not known may be in the log, behind its end, until another is written over it.
    private bool _isUncertain;

    public LargeValueWrites(Database connection, ValueFile values)
    {
        _connection = connection;
        _values = values;
        _writer = new ValueFileWriter(values);
        _append = new Statement(connection, AppendSql);
        _appendPlace = new Statement(
            connection,
            "INSERT INTO large_values(session, revision, chunk, bytes, place, length, checksum) VALUES (?1, ?2, ?3, x'', ?4, ?5, ?6)");
    }

    /// <summary>Bytes of the file that nothing refers to and that are not free yet.</summary>
    public long ReleasedBytes { get; private set; }

    /// <summary>Whether there is anything to be found or given when the log starts over.</summary>
    public bool CanFree => (_space is not null && !_knowsFree) || _released.Count > 0;

    // Chunk by chunk: the whole of a large value is in memory once already.
    public void Append(long session, long revision, LargeValue value)
    {
        var isInFile = value.CalculateSize() >= LeastInFile;
        using var chunks = new ChunkWriter(
            ChunkLength,
            (chunk, bytes) =>
            {
                if (isInFile)
                {
                    AppendToFile(session, revision, chunk, bytes);
                }
                else
                {
                    _append.Bind(1, session).Bind(2, revision).Bind(3, chunk).Bind(4, bytes).Run();
                }
            });
        value.WriteTo(chunks);
        chunks.Complete();
    }

    /// <summary>Deletes rows, and releases their places.</summary>
    /// <param name="statement">Ends in <see cref="Returning"/>.</param>
    public void Delete(Statement statement)
    {
        using var rows = statement.Query();
        while (rows.Next())
        {
            if (rows.Integer(0) is not 0 and var place)
            {
                _deleted.Add((place, rows.Integer(1)));
            }
        }
    }

    /// <exception cref="IOException">What was written may not be on the disk.</exception>
    public void BeforeCommit() => _writer.Flush();

    public void AfterCommit()
    {
        if (_taken.Count > 0 || _deleted.Count > 0)
        {
            _isUncertain = false;
        }

        Release(_deleted);
        _taken.Clear();
        _deleted.Clear();
    }

    /// <param name="isKnown">Whether it was rolled back for certain: else, until it is written over, its rows may be there after a crash.</param>
    public void AfterRollback(bool isKnown)
    {
        _writer.Forget();
        if (!isKnown)
        {
            Release(_taken);
            _isUncertain = true;
        }
        else if (_taken.Count > 0)
        {
            // A value for which there was no room must not keep the room it had begun to take.
            Give(_taken);
            CutWhere(spare: 0);
        }

        _taken.Clear();
        _deleted.Clear();
    }

    /// <summary>Between transactions: what is released by now is free where <see cref="TryGiveCopied"/> follows.</summary>
    public void OnCopyBegins() => _releasedBefore = _released.Count;

    /// <summary>Between transactions, where no snapshot is older than the last <see cref="OnCopyBegins"/>. False = nothing is given.</summary>
    public bool TryGiveCopied()
    {
        if (_isUncertain || !_knowsFree || _releasedBefore == 0)
        {
            return false;
        }

        var free = _released[.._releasedBefore];
        _released.RemoveRange(0, _releasedBefore);
        _releasedBefore = 0;
        Give(free);
        ReleasedBytes -= free.Sum(place => place.Length);
        CutWhere(SpareBytes);
        return true;
    }

    /// <summary>Between transactions, when no snapshot is older than the last: whatever no row names is free.</summary>
    public void OnLogStartedOver()
    {
        if (_isUncertain || (_space is null && _released.Count == 0))
        {
            return;
        }

        _space ??= All();
        if (_knowsFree)
        {
            Give(_released);
        }
        else if (TryFindFree(_space.End, out var free))
        {
            Give(free);
            _knowsFree = true;
        }

        _released.Clear();
        _releasedBefore = 0;
        ReleasedBytes = 0;
        CutWhere(SpareBytes);
    }

    public void Dispose()
    {
        _append.Dispose();
        _appendPlace.Dispose();
        _writer.Dispose();
    }

    private void AppendToFile(long session, long revision, int chunk, ReadOnlySpan<byte> bytes)
    {
        _space ??= All();
        var place = _space.Take(bytes.Length);
        _taken.Add((place, bytes.Length));
        _writer.Write(place, bytes);
        _appendPlace
            .Bind(1, session)
            .Bind(2, revision)
            .Bind(3, chunk)
            .Bind(4, place)
            .Bind(5, bytes.Length)
            .Bind(6, Crc32C.Of(bytes))
            .Run();
    }

    /// <summary>Nothing but what is behind everything that may be in use, until it is known what is not.</summary>
    private FreeSpace All() => new(Math.Max(FreeSpace.Unit, Math.Max(_values.Length, ValueFile.End(_connection))));

    private void CutWhere(long spare)
    {
        if (_values.Length - _space!.End > spare)
        {
            _writer.Cut(_space.End);
        }
    }

    private void Release(List<(long Place, long Length)> places)
    {
        foreach (var (place, length) in places)
        {
            _released.Add((place, length));
            ReleasedBytes += length;
        }
    }

    private void Give(List<(long Place, long Length)> places)
    {
        foreach (var (place, length) in places)
        {
            _space!.Give(place, length);
        }
    }

    // What fails is done the next time; until then nothing is given to another.
    private bool TryFindFree(long fileEnd, out List<(long Place, long Length)> free)
    {
        free = [];
        try
        {
            using var all = new Statement(_connection, ValueFile.PlacesSql);
            using var rows = all.Query();
            long end = FreeSpace.Unit;
            while (rows.Next())
            {
                AddUpTo(rows.Integer(0), free);
                end = Math.Max(end, rows.Integer(0) + FreeSpace.Rounded(rows.Integer(1)));
            }

            AddUpTo(fileEnd, free);
            return true;

            void AddUpTo(long place, List<(long Place, long Length)> gaps)
            {
                if (place > end)
                {
                    gaps.Add((end, place - end));
                }
            }
        }
        catch (Exception error) when (Database.CodeOf(error) is not null)
        {
            return false;
        }
    }
}
