namespace Snakepit.Bridge.Access;

/// <summary>What is counted for one principal, or for one session: rates, and what is open. Safe from any thread.</summary>
/// <param name="callsPerSecond">Null = they are not counted.</param>
/// <param name="burst">Calls that may come at once; null = those of one second.</param>
/// <param name="bytesPerSecond">Null = they are not counted.</param>
/// <param name="time">The clock.</param>
internal sealed class Usage(double? callsPerSecond, int? burst, double? bytesPerSecond, TimeProvider time)
{
    private int _watches;

    public RateBucket? Calls { get; } = callsPerSecond is { } rate ? new RateBucket(rate, Math.Max(1, burst ?? rate), time) : null;

    public RateBucket? Bytes { get; } = bytesPerSecond is { } rate ? new RateBucket(rate, Math.Max(1, rate), time) : null;

    public bool HasWatches => Volatile.Read(ref _watches) > 0;

    /// <summary>Whether there is nothing to remember.</summary>
    public bool IsAtRest => !HasWatches && Calls is not { IsFull: false } && Bytes is not { IsFull: false };

    /// <summary>False = there are as many as may be.</summary>
    public bool TryBeginWatch(int? most)
    {
        if (Interlocked.Increment(ref _watches) <= most || most is null)
        {
            return true;
        }

        EndWatch();
        return false;
    }

    public void EndWatch() => Interlocked.Decrement(ref _watches);
}
