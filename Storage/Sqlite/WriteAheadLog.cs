using SQLitePCL;

namespace Snakepit.Storage.Sqlite;

/// <summary>
/// Keeps the write-ahead log from growing. A thread of its own copies the log into the database beside the
/// writer; that never reaches the end of a log that is still being written, so afterwards the writer, between
/// two transactions, copies the small rest and starts the log over.
/// </summary>
internal sealed class WriteAheadLog : IDisposable
{
    private const int CacheWrite = 9; // SQLITE_DBSTATUS_CACHE_WRITE: pages written, in this mode to the log.

    // A page that many commits touch is copied once, and reading the log's index stays quick.
    private const long BytesBetweenCopies = 16 * 1024 * 1024;

    // Only readers can have kept the log, or what is released of the file of large values, from starting over so long. From here on the writer waits
    // for those that are at work; those that come meanwhile do not need the log. If that did not help (a backup
    // reads for long), it waits again only after as much more.
    private const long BytesBeforeWaiting = 256 * 1024 * 1024;
    private const int PatienceMilliseconds = 1_000;

    // So much of the file of large values waits for the log to start over. (A backup that reads for long keeps it waiting.)
    private const long BytesBetweenReleases = 64 * 1024 * 1024;

    private readonly SqliteFile _file;
    private readonly Database _writer;
    private readonly LargeValueWrites _large;
    private readonly long _pageBytes;
    private readonly AutoResetEvent _wanted = new(false);
    private readonly Thread _thread;

    // Of the writer's thread.
    private long _bytes;
    private long _nextCopy = BytesBetweenCopies;
    private long _nextWait = BytesBeforeWaiting;
    private long _nextRelease;
    private long _nextReleaseWait = BytesBeforeWaiting;
    private bool _isCopying;

    private volatile bool _copied;
    private volatile bool _copiedAll;
    private volatile bool _closed;

    public WriteAheadLog(SqliteFile file, Database writer, LargeValueWrites large)
    {
        _file = file;
        _writer = writer;
        _large = large;
        _pageBytes = writer.Number("PRAGMA page_size");
        _thread = new Thread(Copy) { IsBackground = true, Name = "snakepit store checkpoint" };
        _thread.Start();
    }

    /// <summary>Called by the writer between two transactions.</summary>
    public void AfterTransaction()
    {
        _ = raw.sqlite3_db_status(_writer.Handle, CacheWrite, out var written, out _, resetFlg: 1);
        _bytes += written * _pageBytes;
        if (_copied)
        {
            _copied = false;
            _isCopying = false;

            // With a reader of a snapshot older than its beginning it would not have copied all.
            if (_copiedAll && _large.TryGiveCopied())
            {
                CountReleases();
            }

            StartOver();
        }
        else if (!_isCopying && (_bytes >= _nextCopy || (_large.CanFree && _large.ReleasedBytes >= _nextRelease)))
        {
            _nextCopy = _bytes + BytesBetweenCopies;
            _nextRelease = _large.ReleasedBytes + BytesBetweenReleases;
            _isCopying = true;
            _large.OnCopyBegins();
            _wanted.Set();
        }
    }

    public void Dispose()
    {
        _closed = true;
        _wanted.Set();
        _thread.Join();
        _wanted.Dispose();
    }

    private void StartOver()
    {
        var waits = _bytes >= _nextWait || _large.ReleasedBytes >= _nextReleaseWait;
        _ = raw.sqlite3_busy_timeout(_writer.Handle, waits ? PatienceMilliseconds : 0);
        var result = raw.sqlite3_wal_checkpoint_v2(_writer.Handle, "main", raw.SQLITE_CHECKPOINT_RESTART, out _, out _);
        _ = raw.sqlite3_busy_timeout(_writer.Handle, Database.BusyMilliseconds);
        if (result == raw.SQLITE_OK)
        {
            _bytes = 0;
            _nextCopy = BytesBetweenCopies;
            _nextWait = BytesBeforeWaiting;

            // No reader needs the log, so no snapshot is older than the last transaction.
            _large.OnLogStartedOver();
            CountReleases();
        }
        else if (waits)
        {
            _nextWait = _bytes + BytesBeforeWaiting;
            _nextReleaseWait = _large.ReleasedBytes + BytesBeforeWaiting;
        }
    }

    private void CountReleases()
    {
        _nextRelease = _large.ReleasedBytes + BytesBetweenReleases;
        _nextReleaseWait = _large.ReleasedBytes + BytesBeforeWaiting;
    }

    private void Copy()
    {
        Database? copier = null;
        while (true)
        {
            _wanted.WaitOne();
            if (_closed)
            {
                copier?.Dispose();
                return;
            }

            _copiedAll = TryCopyAll(ref copier);
            _copied = true;
        }
    }

    // A failure (a full disk, say) loses nothing: the log still holds it all, and the next copy includes it. What the
    // disk refuses for long the writer's own callers get to hear.
    private bool TryCopyAll(ref Database? copier)
    {
        try
        {
            copier ??= _file.OpenWriter();
        }
        catch (Exception error) when (Database.CodeOf(error) is not null)
        {
            return false;
        }

        var result = raw.sqlite3_wal_checkpoint_v2(
            copier.Handle, "main", raw.SQLITE_CHECKPOINT_PASSIVE, out var frames, out var copied);
        return result == raw.SQLITE_OK && frames == copied;
    }
}
