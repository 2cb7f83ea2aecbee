using Snakepit.Storage.Postgres;

namespace Snakepit.Grains;

/// <summary>Names under which calculations are stored.</summary>
public static class CalculatorStorage
{
    public const string GrainType = "calculator";

    /// <summary>By it the store knows the rows.</summary>
    public const string StateName = PostgresCalculations.StateName;

    /// <summary>The storage provider.</summary>
    public const string Provider = "calculations";
}

/// <summary>How long calculations last.</summary>
/// <param name="IdleTime">One not used for so long ends.</param>
public sealed record CalculatorPolicy(TimeSpan IdleTime);
