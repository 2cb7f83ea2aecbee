namespace Snakepit.Sidecar.Workers;

/// <summary>How long to wait before something that ended is begun again: longer each time, up to a bound.</summary>
/// <param name="jitter">A number from 0 up to 1 each time: what fell together shall not rise together.</param>
internal sealed class BackOff(Func<double> jitter)
{
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(0.5);
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private int _inTurn;

    /// <summary>The first after this is the shortest again.</summary>
    public void Reset() => _inTurn = 0;

    /// <summary>Between half and all of 0.5, 1, 2, … 30 s.</summary>
    public TimeSpan Next()
    {
        var whole = TimeSpan.FromTicks(Math.Min(Shortest.Ticks << _inTurn, Longest.Ticks));
        _inTurn += whole < Longest ? 1 : 0;
        return whole * (0.5 + (jitter() / 2));
    }
}
