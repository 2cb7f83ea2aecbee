namespace Snakepit.Transport;

/// <summary>Bounds how many lines of one kind a log gets, where strangers cause them; the rest is left out.</summary>
/// <param name="time">The clock.</param>
/// <param name="linesPerSecond">How many.</param>
public sealed class LineBudget(TimeProvider time, int linesPerSecond = 20)
{
    private readonly Lock _gate = new();
    private long _second = long.MinValue;
    private int _spent;

    /// <summary>Whether there is room for one more, which is then taken.</summary>
    public bool TrySpend()
    {
        lock (_gate)
        {
            var second = time.GetTimestamp() / time.TimestampFrequency;
            if (second != _second)
            {
                (_second, _spent) = (second, 0);
            }

            return _spent++ < linesPerSecond;
        }
    }
}
