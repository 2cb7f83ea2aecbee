namespace Snakepit.Bridge.Calculator;

/// <summary>How many calculations there may be, and for how long.</summary>
public sealed record CalculatorLimits
{
    /// <summary>A calculation not used for so long ends.</summary>
    public TimeSpan IdleTime { get; init; } = TimeSpan.FromSeconds(3600);

    /// <summary>Calculations open at once; the next Create is refused.</summary>
    public int MaxCalculations { get; init; } = 100_000;
}
