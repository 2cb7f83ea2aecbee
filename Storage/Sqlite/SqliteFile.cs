using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Snakepit.Storage.Sqlite;

/// <summary>The database file of a data folder: creates, checks and migrates it, and opens connections to it.</summary>
internal sealed class SqliteFile
{
    /// <summary>The database within its folder.</summary>
    public const string FileName = "snakepit.db";

    // It appends, and enters commits into the log's index in the order of its key.
    private const int WriterCacheKiB = 8 * 1024;

    /// <summary>What a connection that reads is told first.</summary>
    public const string ReaderSettings = "PRAGMA cache_size = -1024; PRAGMA temp_store = MEMORY";

    private const string WriteAhead = "PRAGMA journal_mode = WAL";

    // After a reset the write-ahead log's file is cut down to this.
    private const int LogSizeLimit = 64 * 1024 * 1024;

    private const int NoSpace = 28; // ENOSPC

    private readonly string _path;
    private long _failures;

    private SqliteFile(string path)
    {
        _path = path;
        Values = new ValueFile(Path.Combine(Path.GetDirectoryName(path)!, ValueFile.FileName));
    }

    /// <summary>Where its large values are.</summary>
    public ValueFile Values { get; }

    public override string ToString() => _path;

    public bool Exists => File.Exists(_path);

    /// <summary>The files that it is made of while it is in use; not each is there always.</summary>
    public IReadOnlyList<string> Parts => [_path, $"{_path}-wal", $"{_path}-shm", Values.Path];

    /// <summary>Bytes of the file, of its write-ahead log and of its large values.</summary>
    public long Length => LengthOf(_path) + LengthOf($"{_path}-wal") + Values.Length;

    /// <summary>That of a folder, whether it is there or not.</summary>
    public static SqliteFile In(string folder) => new(Path.Combine(folder, FileName));

    /// <summary>Opens the folder's database, creating or migrating it as needed.</summary>
    /// <exception cref="StoreException">The file is unreadable, damaged, not ours, or of a newer format. It is left as it was.</exception>
    public static SqliteFile Prepare(DataFolder folder, IReadOnlyList<string> steps)
    {
        var file = In(folder.Path);
        return file.Try("open", () =>
        {
            if (File.Exists(file._path))
            {
                file.Check(steps);
            }
            else
            {
                file.Create(steps);
            }

            return file;
        });
    }

    /// <summary>Makes a database that is gone when this returns.</summary>
    public static void CreateInMemory(IReadOnlyList<string> steps)
    {
        using var connection = Database.Open(":memory:", raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE | raw.SQLITE_OPEN_MEMORY);
        SqliteSchema.Migrate(connection, from: 0, steps);
    }

    /// <summary>The database of a folder that another process may be using; for readers only, and never changed.</summary>
    /// <exception cref="StoreException">It is not there, unreadable, not ours, or of another format than <paramref name="version"/>.</exception>
    public static SqliteFile Beside(string folder, int version)
    {
        var file = In(Path.GetFullPath(folder));
        return file.Try("open", () =>
        {
            var found = file.FindVersion();
            return found == version ? file : throw new IOException(found < version
                ? $"its format is version {found}, older than this program's {version}; start the server once, which brings it up to date"
                : NewerThan(found, version));
        });
    }

    public Database OpenWriter() => Database.Open(
        _path,
        raw.SQLITE_OPEN_READWRITE,
        $"PRAGMA synchronous = FULL; PRAGMA cache_size = -{WriterCacheKiB}; PRAGMA temp_store = MEMORY; " +
        $"PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = {LogSizeLimit}");

    public Database OpenReader() => Database.Open(_path, raw.SQLITE_OPEN_READONLY, ReaderSettings);

    /// <summary>The version of its format. Read-only, so that a file that is refused stays as it is; to be called within <see cref="Try"/>.</summary>
    public long FindVersion()
    {
        if (new FileInfo(_path).Length == 0)
        {
            throw new IOException("it is damaged or truncated");
        }

        using var connection = Database.Open(_path, raw.SQLITE_OPEN_READONLY);
        var application = connection.Number("PRAGMA application_id");
        var version = connection.Number("PRAGMA user_version");
        return application == SqliteSchema.ApplicationId && version >= 1
            ? version
            : throw new IOException("it is not a database of this program");
    }

    /// <summary>Does something to the file before it is in use.</summary>
    /// <exception cref="StoreException">It failed, and why.</exception>
    public T Try<T>(string verb, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception error) when (Database.CodeOf(error) is not null || error is IOException or UnauthorizedAccessException)
        {
            throw Failure(verb, error, outcomeUnknown: false);
        }
    }

    /// <summary>How often something has failed.</summary>
    public long Failures => Volatile.Read(ref _failures);

    /// <summary>An exception as callers of the store see it. It counts among <see cref="Failures"/>.</summary>
    public StoreException Failure(string verb, Exception cause, bool outcomeUnknown)
    {
        Interlocked.Increment(ref _failures);
        return new($"Cannot {verb} {_path}: {Reason(cause)}", outcomeUnknown, cause);
    }

    private static string Reason(Exception cause) => cause is not SqliteException sqlite
        ? (cause is IOException && (cause.HResult & 0xFFFF) == NoSpace ? "the disk is full" : cause.Message)
        : sqlite.SqliteErrorCode switch
        {
            raw.SQLITE_NOTADB => "it is not a database of this program",
            raw.SQLITE_CORRUPT => "it is damaged or truncated",
            raw.SQLITE_FULL => "the disk is full",
            raw.SQLITE_IOERR when sqlite.SqliteExtendedErrorCode == raw.SQLITE_IOERR_SHMSIZE => "the disk is full",
            raw.SQLITE_CANTOPEN or raw.SQLITE_PERM or raw.SQLITE_AUTH => "it cannot be opened (check its permissions)",
            raw.SQLITE_READONLY => "it is read-only",
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => "it is locked by another program",
            _ => cause.Message,
        };

    // Under another name first: a file of the final name is whole, so that an empty one is known to be damaged.
    private void Create(IReadOnlyList<string> steps)
    {
        if (File.Exists(_path + "-wal"))
        {
            throw new IOException("it is missing, but its write-ahead log is there");
        }

        if (Values.Length > 0)
        {
            throw new IOException($"it is missing, but {ValueFile.FileName}, which belongs to it, is there");
        }

        var draft = _path + ".new";
        File.Delete(draft);
        File.Delete(draft + "-journal");

        // Nobody goes on with a draft, so it needs no journal on the disk.
        using (var connection = Database.Open(
            draft, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE, "PRAGMA synchronous = FULL; PRAGMA journal_mode = MEMORY"))
        {
            SqliteSchema.Migrate(connection, from: 0, steps);
            connection.Execute(WriteAhead);
        }

        // At once: what stands beside a database that is missing keeps one from being made.
        File.Move(draft, _path);
        FolderSync.Flush(Path.GetDirectoryName(_path)!);
    }

    private void Check(IReadOnlyList<string> steps)
    {
        // SQLite opens what it may only read all the same, makes a log beside it that nobody may write, and each write would fail.
        foreach (var part in Parts.Where(File.Exists))
        {
            CheckRights(part);
        }

        var version = FindVersion();
        if (version > steps.Count)
        {
            throw new IOException(NewerThan(version, steps.Count));
        }

        using (var connection = Database.Open(_path, raw.SQLITE_OPEN_READWRITE, $"PRAGMA synchronous = FULL; {WriteAhead}"))
        {
            if (version < steps.Count)
            {
                SqliteSchema.Migrate(connection, (int)version, steps);
            }

            Values.Check(connection);
        }
    }

    private static void CheckRights(string part)
    {
        try
        {
            File.Open(part, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite).Dispose();
        }
        catch (UnauthorizedAccessException)
        {
            throw new IOException($"{Path.GetFileName(part)} cannot be opened for writing (check its permissions)");
        }
    }

    private static string NewerThan(long version, int own) =>
        $"its format is version {version}, newer than this program's {own}; use a newer program";

    /// <summary>In bytes; 0 = it is not there.</summary>
    public static long LengthOf(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? file.Length : 0;
    }
}
