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
    public static long Number(this SqliteConnection connection, string sql) =>
        Convert.ToInt64(connection.Scalar(sql), CultureInfo.InvariantCulture);

    /// <summary>The one text that it answers with.</summary>
    public static string Text(this SqliteConnection connection, string sql) =>
        Convert.ToString(connection.Scalar(sql), CultureInfo.InvariantCulture)!;

    private static object? Scalar(this SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // As above.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar();
    }
}
