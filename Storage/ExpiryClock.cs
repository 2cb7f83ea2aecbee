namespace Snakepit.Storage;

/// <summary>
/// The clock of the day, where being wrong would end something too early. It can be set, back or forth, while the process
/// runs; the other one only goes forward. Whatever the clock of the day does meanwhile, what was noted by
/// <see cref="Latest"/> and is judged by <see cref="Earliest"/> never ends early, though it may end as much late as the
/// clock was moved. At the start of a process the clock of the day must be right.
/// </summary>
/// <param name="time">Both clocks.</param>
public sealed class ExpiryClock(TimeProvider time)
{
    private readonly DateTimeOffset _start = time.GetUtcNow();
    private readonly long _startTimestamp = time.GetTimestamp();

    /// <summary>It is at least so late: to judge by, whether a time has passed.</summary>
    public DateTimeOffset Earliest => Now.Earliest;

    /// <summary>It is at most so late: to note a use by, and to count an expiry from.</summary>
    public DateTimeOffset Latest => Now.Latest;

    /// <summary>Both at once.</summary>
    public (DateTimeOffset Earliest, DateTimeOffset Latest) Now
    {
        get
        {
            var day = time.GetUtcNow();
            var steady = _start + time.GetElapsedTime(_startTimestamp);
            return day < steady ? (day, steady) : (steady, day);
        }
    }
}
