using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Snakepit.Storage.Sqlite;

/// <summary>
/// A connection to SQLite, used by one thread at a time. Not one of ADO.NET, which takes several times as long to load as SQLite;
/// its exceptions are. They are asked for by <see cref="CodeOf"/>: a clause that names their type loads it.
/// </summary>
internal sealed class Database : IDisposable
{
    /// <summary>No one else writes; this is for an operator's tool that holds the file for a moment.</summary>
    public const int BusyMilliseconds = 5_000;

    static Database() => Batteries_V2.Init();

    private Database(sqlite3 handle)
    {
        Handle = handle;
    }

    public sqlite3 Handle { get; }

    /// <param name="path">Of the file.</param>
    /// <param name="flags">SQLITE_OPEN_….</param>
    /// <param name="settings">The pragmas that it is told first.</param>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    public static Database Open(string path, int flags, string settings = "")
    {
        var result = raw.sqlite3_open_v2(path, out var handle, flags, null);
        var database = new Database(handle);
        try
        {
            Check(result, handle);
            _ = raw.sqlite3_busy_timeout(handle, BusyMilliseconds);
            database.Execute(settings);
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Looks at what SQLite has answered with.</summary>
    /// <exception cref="SqliteException">It has failed.</exception>
    public static void Check(int result, sqlite3 handle)
    {
        if (result is not (raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE))
        {
            Throw(result, handle);
        }
    }

    /// <summary>What SQLite answered with, SQLITE_…; null = the failure is not one of its.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int? CodeOf(Exception failure) => (failure as SqliteException)?.SqliteErrorCode;

    /// <summary>Runs statements once. What they answer with is passed over.</summary>
    public void Execute(string sql) => Check(raw.sqlite3_exec(Handle, sql), Handle);

    /// <summary>The one number that a query or pragma answers with; 0 = it answers with none.</summary>
    public long Number(string sql)
    {
        using var statement = new Statement(this, sql);
        using var rows = statement.Query();
        return rows.Next() ? rows.Integer(0) : 0;
    }

    /// <summary>The one text that it answers with; empty = it answers with none.</summary>
    public string Text(string sql)
    {
        using var statement = new Statement(this, sql);
        using var rows = statement.Query();
        return rows.Next() ? rows.Text(0) : "";
    }

    public void Dispose() => Handle.Dispose();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Throw(int result, sqlite3 handle) => SqliteException.ThrowExceptionForRC(result, handle);
}
