using Snakepit.Sessions;

namespace Snakepit.Storage.Sqlite;

/// <summary>Everything that can be read, over one connection, for the one thread that owns it.</summary>
internal sealed class SqliteReads : IDisposable
{
    private readonly Database _connection;
    private readonly LogTail _tail;
    private readonly Statement _begin;
    private readonly Statement _end;
    private bool _hasLooked;

    /// <summary>Takes over the connection.</summary>
    public SqliteReads(Database connection, ValueFile values, LogTail tail)
    {
        _connection = connection;
        _tail = tail;
        _begin = new Statement(connection, "BEGIN");
        _end = new Statement(connection, "COMMIT");
        Rows = new SessionRows(connection);
        Log = new LogRows(connection, values);
        Lists = new ListReads(connection);
        Trimming = new TrimReads(connection);
    }

    public SessionRows Rows { get; }

    public LogRows Log { get; }

    public ListReads Lists { get; }

    public TrimReads Trimming { get; }

    /// <summary>Reads from one snapshot, which is let go of afterwards: an old one keeps the write-ahead log from starting over.</summary>
    public T InSnapshot<T>(Func<SqliteReads, T> read)
    {
        _hasLooked = false;
        _begin.Run();
        try
        {
            return read(this);
        }
        finally
        {
            _end.Run();
        }
    }

    /// <inheritdoc cref="Find(IReadOnlyList{SessionKey})"/>
    public FoundSession? Find(SessionKey key) => Find([key])[0];

    /// <summary>Finds sessions; null = not stored. Once in a snapshot, and before anything else is read in it.</summary>
    public IReadOnlyList<FoundSession?> Find(IReadOnlyList<SessionKey> keys)
    {
        Look();
        var recent = keys.Select(_tail.Of).ToList();
        return [.. keys.Select((key, n) => Find(key, recent[n]))];
    }

    /// <summary>Where the commits of an ended session are. As <see cref="Find(SessionKey)"/>, before anything else.</summary>
    public SessionLog FindEnded(SessionKey key, long session)
    {
        Look();
        return new SessionLog(session, _tail.Of(key));
    }

    public void Dispose()
    {
        _begin.Dispose();
        _end.Dispose();
        Rows.Dispose();
        Log.Dispose();
        Lists.Dispose();
        Trimming.Dispose();
        _connection.Dispose();
    }

    private FoundSession? Find(SessionKey key, IReadOnlyList<LogPlace> recent)
    {
        if (Rows.Find(key) is not { } row)
        {
            return null;
        }

        // Created since its recent commits were asked for: as of then it was not there.
        var log = new SessionLog(row.Session, recent);
        return row.CommitNumber == 0 && Log.Newest(log) == default ? null : new FoundSession(row, log);
    }

    // The first row that is read begins the snapshot, and what is recent must be known before.
    private void Look()
    {
        if (_hasLooked)
        {
            throw new InvalidOperationException("The snapshot has begun.");
        }

        _hasLooked = true;
    }
}
