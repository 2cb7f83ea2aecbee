namespace Snakepit.Sidecar.Workers;

/// <summary>How many calls a worker was given, over all its runs. Safe from any thread.</summary>
internal sealed class CallCounts
{
    private long _all;
    private long _failed;
    private int _inFlight;

    public long All => Volatile.Read(ref _all);

    /// <summary>Those that ended otherwise than with success: refused by the tool, lost, or given up by the caller.</summary>
    public long Failed => Volatile.Read(ref _failed);

    public int InFlight => Volatile.Read(ref _inFlight);

    public void Begin()
    {
        Interlocked.Increment(ref _all);
        Interlocked.Increment(ref _inFlight);
    }

    public void End(bool failed)
    {
        Interlocked.Decrement(ref _inFlight);
        if (failed)
        {
            Interlocked.Increment(ref _failed);
        }
    }
}
