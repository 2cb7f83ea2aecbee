namespace Snakepit.Grains;

/// <summary>What is stored of a calculation.</summary>
[GenerateSerializer]
[Alias("snakepit.calculation-state")]
internal sealed class CalculationState
{
    [Id(0)]
    public double Value { get; set; }

    [Id(1)]
    public DateTimeOffset LastUsed { get; set; }
}
