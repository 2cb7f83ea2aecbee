namespace Snakepit.Storage.Sqlite;

/// <summary>Calculations in the same file as the sessions, in transactions shared with theirs.</summary>
internal sealed class SqliteCalculations(SqliteWriter writer, SqliteReaders readers) : ICalculationStore
{
    public long Count => writer.Counts.Calculations;

    public ValueTask<StoredCalculation?> FindAsync(string token, CancellationToken cancellation) =>
        new(readers.RunAsync(reads => reads.Lists.Calculation(token), cancellation));

    public ValueTask SaveAsync(StoredCalculation calculation) =>
        new(writer.RunAsync(writes => writes.Calculations.Save(calculation)));

    public ValueTask<bool> DeleteAsync(string token) =>
        new(writer.RunAsync(writes => writes.Calculations.Delete(token)));

    public ValueTask<IReadOnlyList<StoredCalculation>> ListExpiredAsync(
        DateTimeOffset now,
        int limit,
        CancellationToken cancellation) =>
        new(readers.RunAsync(reads => reads.Lists.ExpiredCalculations(now, limit), cancellation));
}
