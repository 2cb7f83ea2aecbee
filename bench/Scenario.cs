namespace Snakepit.Bench;

/// <summary>One thing measured: starts the server it needs, drives it, and gives figures by name.</summary>
internal abstract class Scenario(string name) : IAsyncDisposable
{
    public string Name { get; } = name;

    /// <summary>Whether the contender can be measured so.</summary>
    public abstract bool Suits(Contender contender);

    public abstract Task<IReadOnlyList<Figure>> RunAsync(Contender contender, BenchOptions options);

    /// <summary>Lets go of what it kept from round to round.</summary>
    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>A measured number.</summary>
/// <param name="Name">What it is; the names of ratios go by it.</param>
/// <param name="Value">In that unit.</param>
/// <param name="Unit">As it is printed.</param>
internal sealed record Figure(string Name, double Value, string Unit)
{
    public const string Rate = "rate";
    public const string Cpu = "server CPU";
}
