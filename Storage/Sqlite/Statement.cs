using System.Text;
using SQLitePCL;

namespace Snakepit.Storage.Sqlite;

/// <summary>
/// A statement that is prepared once and run many times, without an object per run. Belongs to one
/// connection and is used by one thread at a time. Parameters are numbered from 1, columns from 0.
/// </summary>
internal sealed class Statement : IDisposable
{
    private const int PreparePersistent = 1;
    private const int LongestTextOnStack = 512;

    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    public Statement(Database database, string sql)
    {
        _database = database.Handle;
        Check(raw.sqlite3_prepare_v3(_database, sql, PreparePersistent, out _statement));
    }

    public Statement Bind(int parameter, long value)
    {
        Check(raw.sqlite3_bind_int64(_statement, parameter, value));
        return this;
    }

    public Statement Bind(int parameter, ReadOnlySpan<byte> value)
    {
        // An empty span has no address, and SQLite would take that for NULL.
        Check(value.IsEmpty
            ? raw.sqlite3_bind_zeroblob(_statement, parameter, 0)
            : raw.sqlite3_bind_blob(_statement, parameter, value));
        return this;
    }

    public Statement Bind(int parameter, string value)
    {
        if (value.Length == 0)
        {
            Check(raw.sqlite3_bind_text(_statement, parameter, string.Empty));
            return this;
        }

        var longest = Encoding.UTF8.GetMaxByteCount(value.Length);
        var buffer = longest <= LongestTextOnStack ? stackalloc byte[LongestTextOnStack] : new byte[longest];
        var length = Encoding.UTF8.GetBytes(value, buffer);
        Check(raw.sqlite3_bind_text(_statement, parameter, buffer[..length]));
        return this;
    }

    /// <summary>Runs a statement that answers with no rows.</summary>
    public void Run()
    {
        using var rows = Query();
        rows.Next();
    }

    /// <summary>Begins to read rows; the statement is free again when they are disposed of.</summary>
    public Rows Query() => new(this);

    public void Dispose() => _statement.Dispose();

    private void Check(int result) => Database.Check(result, _database);

    /// <summary>The rows of one run. What a column shows is valid until the next row is read.</summary>
    public readonly ref struct Rows(Statement owner) : IDisposable
    {
        public bool Next()
        {
            var result = raw.sqlite3_step(owner._statement);
            owner.Check(result);
            return result == raw.SQLITE_ROW;
        }

        public long Integer(int column) => raw.sqlite3_column_int64(owner._statement, column);

        public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(owner._statement, column);

        // By way of its bytes: a text may contain NUL.
        public string Text(int column) => Encoding.UTF8.GetString(Bytes(column));

        // The result repeats the failure that Next has already thrown.
        public void Dispose() => _ = raw.sqlite3_reset(owner._statement);
    }
}
