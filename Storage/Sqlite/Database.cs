using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Snakepit.Storage.Sqlite;

/// <summary>
/// A connection to SQLite, used by one thread at a time. Not one of ADO.NET, which takes longer to load than all else of a start
/// but Kestrel; its exceptions are. They are asked for by <see cref="CodeOf"/>: a clause that names their type loads it.
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
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    public static Database Open(string path, int flags)
    {
        var result = raw.sqlite3_open_v2(path, out var handle, flags, null);
        var database = new Database(handle);
        if (result != raw.SQLITE_OK)
        {
            using (database)
            {
                Throw(result, handle);
            }
        }

        _ = raw.sqlite3_busy_timeout(handle, BusyMilliseconds);
        return database;
    }

    /// <summary>Throws what SQLite has answered with.</summary>
    /// <exception cref="SqliteException">Always, unless the result is a good one.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Throw(int result, sqlite3 handle) => SqliteException.ThrowExceptionForRC(result, handle);

    /// <summary>What SQLite answered with, SQLITE_…; null = the failure is not one of its.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int? CodeOf(Exception failure) => (failure as SqliteException)?.SqliteErrorCode;

    /// <summary>Runs statements once. What they answer with is passed over.</summary>
    public void Execute(string sql)
    {
        var result = raw.sqlite3_exec(Handle, sql);
        if (result != raw.SQLITE_OK)
        {
            Throw(result, Handle);
        }
    }

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
}
