namespace Snakepit.Storage;

/// <summary>
/// One trim of one session's log: looks through it piece by piece and removes as it goes, so that neither
/// memory nor a transaction grows with the log. Stores say how each step is done.
/// </summary>
/// <param name="plan">What it goes by.</param>
/// <param name="largeValuesPerStep">How many large values are removed in one transaction.</param>
/// <param name="cancellation">Ends it between two steps; what was removed until then stays so.</param>
internal abstract class LogTrim(TrimPlan plan, int largeValuesPerStep, CancellationToken cancellation)
{
    protected TrimPlan Plan => plan;

    protected CancellationToken Cancellation => cancellation;

    /// <summary>Answers with nothing if the session has ended.</summary>
    public async Task<TrimmedLog> RunAsync()
    {
        // First the floor, then what lies below it: no reader shall find a gap above the floor. Of a session that has
        // ended meanwhile the log may be kept, with the floor that it had.
        var floor = plan.RaisesFloor ? await RaiseFloorAsync().ConfigureAwait(false) : plan.Floor;
        if (floor is null)
        {
            return default;
        }

        var end = await RemoveCommitsAsync().ConfigureAwait(false);
        await RemoveLargeValuesAsync(end).ConfigureAwait(false);
        return new TrimmedLog(floor.Value, plan.HistoryBytes);
    }

    /// <summary>The floor never falls. Answers with the one that holds now; null if the session has ended.</summary>
    protected abstract Task<long?> RaiseFloorAsync();

    /// <summary>Looks through the next piece of the log.</summary>
    protected abstract Task<TrimPage> ReadAsync(LogPosition from);

    /// <summary>Removes rows of the log; the floor lies at or above them by then.</summary>
    protected abstract Task DeleteCommitsAsync(IReadOnlyList<LogPosition> commits);

    /// <summary>
    /// Removes large values to which nothing referred up to a position, less those to which a later commit
    /// does. Answers with the position up to which that is now known.
    /// </summary>
    protected abstract Task<LogPosition> DeleteLargeValuesAsync(IReadOnlyList<long> revisions, LogPosition known);

    private async Task<LogPosition> RemoveCommitsAsync()
    {
        var from = default(LogPosition);
        while (true)
        {
            var page = await ReadAsync(from).ConfigureAwait(false);
            if (page.Deletable.Count > 0)
            {
                await DeleteCommitsAsync(page.Deletable).ConfigureAwait(false);
            }

            from = page.End;
            if (page.IsLast)
            {
                return from;
            }
        }
    }

    private async Task RemoveLargeValuesAsync(LogPosition known)
    {
        foreach (var revisions in plan.Unused.Order().Chunk(largeValuesPerStep))
        {
            cancellation.ThrowIfCancellationRequested();
            known = await DeleteLargeValuesAsync(revisions, known).ConfigureAwait(false);
        }
    }
}
