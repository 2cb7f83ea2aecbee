namespace Snakepit.Bridge.Access;

/// <summary>What is counted for one principal, or for one session: rates, and what is open. Safe from any thread.</summary>
/// <param name="callsPerSecond">Null = they are not counted.</param>
/// <param name="burst">Calls that may come at once; null = those of one second.</param>
/// <param name="bytesPerSecond">Null = they are not counted.</param>
/// <param name="time">The clock.</param>
/// <param name="before">What was counted under other limits: its watches are open still; null = nothing was.</param>
internal sealed class Usage(double? callsPerSecond, int? burst, double? bytesPerSecond, TimeProvider time, Usage? before = null)
{
    public OpenWatches Watches { get; } = before?.Watches ?? new OpenWatches();

    public RateBucket? Calls { get; } = callsPerSecond is { } rate ? new RateBucket(rate, Math.Max(1, burst ?? rate), time) : null;

    public RateBucket? Bytes { get; } = bytesPerSecond is { } rate ? new RateBucket(rate, Math.Max(1, rate), time) : null;

    /// <summary>Whether there is nothing to remember.</summary>
    public bool IsAtRest => Watches.IsNone && Calls is not { IsFull: false } && Bytes is not { IsFull: false };
}
