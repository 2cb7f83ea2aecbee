namespace Snakepit.Sidecar.Workers;

/// <summary>Lets through so many lines a second, and counts the others. Safe from any thread.</summary>
internal sealed class OutputRate(TimeProvider time)
{
    public const int LinesPerSecond = 200;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private long _began = time.GetTimestamp();
    private int _lines;
    private long _leftOut;

    /// <summary>Whether there is room for one line; with one that is let through come those left out since the last.</summary>
    public bool TryTake(out long leftOut)
    {
        lock (_gate)
        {
            if (time.GetElapsedTime(_began) >= Second)
            {
                (_began, _lines) = (time.GetTimestamp(), 0);
            }

            var isLetThrough = _lines < LinesPerSecond;
            _lines += isLetThrough ? 1 : 0;
            _leftOut += isLetThrough ? 0 : 1;
            leftOut = isLetThrough ? TakeLeftOut() : 0;
            return isLetThrough;
        }
    }

    /// <summary>Those that were left out and not told yet.</summary>
    public long TakeLeftOut()
    {
        lock (_gate)
        {
            var leftOut = _leftOut;
            _leftOut = 0;
            return leftOut;
        }
    }
}
