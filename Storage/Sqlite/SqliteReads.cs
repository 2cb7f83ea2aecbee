using Microsoft.Data.Sqlite;

namespace Snakepit.Storage.Sqlite;

/// <summary>Everything that can be read, over one connection, for the one thread that owns it.</summary>
internal sealed class SqliteReads : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Statement _begin;
    private readonly Statement _end;

    /// <summary>Takes over the connection.</summary>
    public SqliteReads(SqliteConnection connection)
    {
        _connection = connection;
        _begin = new Statement(connection, "BEGIN");
        _end = new Statement(connection, "COMMIT");
        Rows = new SessionRows(connection);
        Log = new LogRows(connection);
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
}
