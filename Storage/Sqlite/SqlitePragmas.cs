using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Snakepit.Storage.Sqlite;

/// <summary>Statements that are run once or seldom.</summary>
internal static class SqlitePragmas
{
    public static void Execute(this SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // All of them are constants of this folder; none holds anything of a client's.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    /// <summary>The one number that a query or pragma answers with.</summary>
    public static long Number(this SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // As above.
        command.CommandText = sql;
#pragma warning restore CA2100
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }
}
