namespace Snakepit.Transport;

/// <summary>Counts what a server refuses, to be said in one line a second at the most. Safe from any thread.</summary>
/// <param name="time">The clock of the lines.</param>
internal sealed class RefusedCount(TimeProvider time)
{
    private readonly LineBudget _lines = new(time, linesPerSecond: 1);
    private long _untold;

    /// <summary>One more is refused; true = it is time to say how many were since that was last said.</summary>
    public bool Add(out long untold)
    {
        Interlocked.Increment(ref _untold);
        var isDue = _lines.TrySpend();
        untold = isDue ? Interlocked.Exchange(ref _untold, 0) : 0;
        return isDue;
    }
}
