namespace Snakepit.Bench;

/// <summary>One thing measured: starts the server it needs, drives it, and gives figures by name.</summary>
internal abstract class Scenario(string name)
{
    public string Name { get; } = name;

    public abstract Task<IReadOnlyList<Figure>> RunAsync(BenchOptions options);
}

/// <summary>A measured number.</summary>
internal sealed record Figure(string Name, double Value, string Unit);
