using Snakepit.Bridge.Calculator;

namespace Snakepit.Serving.Settings.Groups;

/// <summary>How many calculations there may be, and for how long.</summary>
public static class CalculatorGroup
{
    private static readonly CalculatorLimits Default = new();

    public static Setting<TimeSpan> CalculatorTtl { get; } = new(
        "calculator-ttl", SettingKinds.Duration, Default.IdleTime, "disuse after which a calculation ends");

    public static Setting<int> MaxCalculations { get; } = new(
        "max-calculations", SettingKinds.Count, Default.MaxCalculations, "calculations open at once");

    public static IReadOnlyList<Setting> All { get; } = [CalculatorTtl, MaxCalculations];

    public static CalculatorLimits LimitsFrom(SettingValues values) => Default with
    {
        IdleTime = values.Of(CalculatorTtl),
        MaxCalculations = values.Of(MaxCalculations),
    };
}
