using Microsoft.Extensions.Logging;
using Snakepit.Bridge.Watching;

namespace Snakepit.Serving;

/// <summary>The sweep that sends the heartbeats of watches and ends those that stall.</summary>
public static class WatchSweep
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(10);

    /// <summary>Whoever has a hub starts one, and disposes of it after the watches have been drained.</summary>
    /// <param name="watches">Swept.</param>
    /// <param name="heartbeat">Silence after which a watch sends a heartbeat.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where a run that failed is told.</param>
    public static Sweep Start(WatchHub watches, TimeSpan heartbeat, TimeProvider time, ILogger logger) =>
        Sweep.Every(
            IntervalFor(heartbeat),
            _ =>
            {
                watches.Sweep();
                return Task.CompletedTask;
            },
            time,
            logger);

    /// <summary>A heartbeat comes at most a tenth late.</summary>
    private static TimeSpan IntervalFor(TimeSpan heartbeat) =>
        TimeSpan.FromTicks(Math.Clamp(heartbeat.Ticks / 10, Shortest.Ticks, Longest.Ticks));
}
