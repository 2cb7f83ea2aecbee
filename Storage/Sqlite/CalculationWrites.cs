using SQLitePCL;

namespace Snakepit.Storage.Sqlite;

/// <summary>The calculator's writes, for the writer's thread within its transaction.</summary>
internal sealed class CalculationWrites(Database connection) : IDisposable
{
    private readonly Statement _insert = new(
        connection,
        "INSERT INTO calculations(token, value, expires_at) VALUES (?1, ?2, ?3)");

    private readonly Statement _update = new(
        connection,
        "UPDATE calculations SET value = ?2, expires_at = ?3 WHERE token = ?1");

    private readonly Statement _delete = new(connection, "DELETE FROM calculations WHERE token = ?1");

    /// <summary>How many more there are since the transaction began.</summary>
    public long Added { get; set; }

    public void Save(StoredCalculation calculation)
    {
        if (!Set(_update, calculation))
        {
            Set(_insert, calculation);
            Added++;
        }
    }

    public bool Delete(string token)
    {
        _delete.Bind(1, token).Run();
        var found = raw.sqlite3_changes(connection.Handle) > 0;
        Added -= found ? 1 : 0;
        return found;
    }

    public void Dispose()
    {
        _insert.Dispose();
        _update.Dispose();
        _delete.Dispose();
    }

    // The value's bits: a column of numbers would lose NaN and the sign of −0.
    private bool Set(Statement statement, StoredCalculation calculation)
    {
        statement
            .Bind(1, calculation.Token)
            .Bind(2, BitConverter.DoubleToInt64Bits(calculation.Value))
            .Bind(3, UnixTime.ToMicroseconds(calculation.ExpiresAt))
            .Run();
        return raw.sqlite3_changes(connection.Handle) > 0;
    }
}
