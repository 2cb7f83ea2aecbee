namespace Snakepit.Tests.Robustness.Support;

/// <summary>
/// A clock that stands still until it is moved. Time that passes moves both the clock of the day and the one that only
/// goes forward; setting the clock moves that of the day alone, back or forth, as an operator or NTP does.
/// </summary>
internal sealed class SteppedClock : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private TimeSpan _passed;
    private TimeSpan _set;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Since it was made.</summary>
    public TimeSpan Passed => _passed;

    /// <summary>Whether it has not been set to a wrong time.</summary>
    public bool IsRight => _set == TimeSpan.Zero;

    public override DateTimeOffset GetUtcNow() => Start + _passed + _set;

    public override long GetTimestamp() => Start.Ticks + _passed.Ticks;

    public void Pass(TimeSpan time) => _passed += time;

    /// <summary>The clock of the day is wrong by that from now on.</summary>
    public void Set(TimeSpan wrongBy) => _set = wrongBy;
}
