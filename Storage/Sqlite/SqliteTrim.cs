using Snakepit.Sessions;

namespace Snakepit.Storage.Sqlite;

/// <summary>A trim that reads on a reader's thread and removes through the writer.</summary>
internal sealed class SqliteTrim(SqliteReaders readers, SqliteWriter writer, SessionKey key, TrimPlan plan, CancellationToken cancellation)
    : LogTrim(plan, LargeValuesPerTransaction, cancellation)
{
    // 64 MiB at the most, seldom near it.
    private const int LargeValuesPerTransaction = 4;

    protected override Task<long?> RaiseFloorAsync() =>
        writer.RunAsync(writes => writes.Removals.RaiseFloor(Plan.Session, Plan.Floor));

    protected override Task<TrimPage> ReadAsync(LogPosition from) =>
        readers.RunAsync(reads => reads.Trimming.Page(Plan, from), Cancellation);

    protected override Task DeleteCommitsAsync(IReadOnlyList<LogPosition> commits) =>
        writer.RunAsync(writes => writes.Removals.DeleteCommits(Plan.Session, commits));

    protected override Task<LogPosition> DeleteLargeValuesAsync(IReadOnlyList<long> revisions, LogPosition known) =>
        writer.RunAsync(writes => writes.Removals.DeleteLargeValues(key, Plan.Session, Plan.Unused, revisions, known));
}
