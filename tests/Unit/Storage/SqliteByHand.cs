using Microsoft.Data.Sqlite;

namespace Snakepit.Tests.Storage;

/// <summary>What an operator does to a database with tools of SQLite's own.</summary>
internal static class SqliteByHand
{
    public static void Execute(this SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
