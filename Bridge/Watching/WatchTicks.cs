namespace Snakepit.Bridge.Watching;

/// <summary>Time as watches measure silence by: of the clock that nobody sets.</summary>
internal static class WatchTicks
{
    /// <summary>In units of 100 ns, since some moment.</summary>
    public static long Now(TimeProvider time) => time.GetElapsedTime(0).Ticks;
}
