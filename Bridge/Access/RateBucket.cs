namespace Snakepit.Bridge.Access;

/// <summary>
/// A rate with a reserve: it fills steadily, and what is taken may be more than it holds, but then it is empty for as long
/// as that takes. Safe from any thread.
/// </summary>
internal sealed class RateBucket
{
    private readonly Lock _gate = new();
    private readonly double _perSecond;
    private readonly double _most;
    private readonly TimeProvider _time;
    private double _held;
    private long _filled;

    /// <param name="perSecond">What flows in.</param>
    /// <param name="most">What it holds at the most, and at first. At least 1.</param>
    /// <param name="time">The clock.</param>
    public RateBucket(double perSecond, double most, TimeProvider time)
    {
        (_perSecond, _most, _time, _held) = (perSecond, most, time, most);
        _filled = time.GetTimestamp();
    }

    /// <summary>Whether nothing is known here that a new one would not know.</summary>
    public bool IsFull
    {
        get
        {
            lock (_gate)
            {
                Fill();
                return _held >= _most;
            }
        }
    }

    /// <summary>Takes so much; null = it did, else how long it is empty.</summary>
    public TimeSpan? TryTake(double amount)
    {
        lock (_gate)
        {
            Fill();
            if (_held < 1)
            {
                return TimeSpan.FromSeconds(Math.Min((1 - _held) / _perSecond, TimeSpan.FromDays(1).TotalSeconds));
            }

            _held -= amount;
            return null;
        }
    }

    private void Fill()
    {
        var now = _time.GetTimestamp();
        _held = Math.Min(_most, _held + (_time.GetElapsedTime(_filled, now).TotalSeconds * _perSecond));
        _filled = now;
    }
}
