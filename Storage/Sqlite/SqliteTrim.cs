namespace Snakepit.Storage.Sqlite;

/// <summary>
/// One trim of one session's log: looks through it piece by piece on a reader's thread and removes through
/// the writer as it goes, so that neither memory nor a transaction grows with the log.
/// </summary>
internal sealed class SqliteTrim(SqliteReaders readers, SqliteWriter writer, TrimPlan plan, CancellationToken cancellation)
{
    // 64 MiB at the most, seldom near it.
    private const int LargeValuesPerTransaction = 4;

    private long Session => plan.Row.Session;

    /// <summary>Answers with the floor that holds from now on.</summary>
    public async Task<long> RunAsync()
    {
        // First the floor, then what lies below it: no reader shall find a gap above the floor.
        var floor = plan.Floor == plan.Row.Floor
            ? plan.Floor
            : await writer.RunAsync(writes => writes.Removals.RaiseFloor(Session, plan.Floor));
        var end = await RemoveCommitsAsync();
        await RemoveLargeValuesAsync(end);
        return floor;
    }

    private async Task<LogPosition> RemoveCommitsAsync()
    {
        var from = default(LogPosition);
        while (true)
        {
            var start = from;
            var page = await readers.RunAsync(reads => reads.Trimming.Page(plan, start), cancellation);
            if (page.Deletable.Count > 0)
            {
                await writer.RunAsync(writes => writes.Removals.DeleteCommits(Session, page.Deletable));
            }

            from = page.End;
            if (page.IsLast)
            {
                return from;
            }
        }
    }

    private async Task RemoveLargeValuesAsync(LogPosition position)
    {
        foreach (var revisions in plan.Unused.Order().Chunk(LargeValuesPerTransaction))
        {
            cancellation.ThrowIfCancellationRequested();
            var known = position;
            position = await writer.RunAsync(
                writes => writes.Removals.DeleteLargeValues(Session, plan.Unused, revisions, known));
        }
    }
}
