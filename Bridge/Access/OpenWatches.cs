namespace Snakepit.Bridge.Access;

/// <summary>How many watches are open of one principal, or on one session. Safe from any thread.</summary>
internal sealed class OpenWatches
{
    private int _count;

    public bool IsNone => Volatile.Read(ref _count) == 0;

    /// <summary>False = there are as many as may be.</summary>
    public bool TryBegin(int most)
    {
        if (Interlocked.Increment(ref _count) <= most)
        {
            return true;
        }

        End();
        return false;
    }

    public void End() => Interlocked.Decrement(ref _count);
}
