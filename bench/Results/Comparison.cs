using System.Globalization;

namespace Snakepit.Bench;

/// <summary>Names one figure of the table.</summary>
internal sealed record Measured(string Scenario, string Contender, string Figure);

/// <summary>One figure against another, round by round, and what it has to come to.</summary>
/// <param name="What">How it is called.</param>
/// <param name="Of">The figure.</param>
/// <param name="Against">What it is divided by, or what is taken from it where <see cref="IsDifference"/>; null = the figure itself.</param>
/// <param name="Must">What it has to reach, or to stay under where <see cref="IsLess"/>.</param>
/// <param name="Aim">What would be better.</param>
internal sealed record Comparison(string What, Measured Of, Measured? Against, double Must, double Aim)
{
    /// <summary>Whether less is better.</summary>
    public bool IsLess { get; init; }

    /// <summary>Whether the difference counts, in the figure's unit, and not the ratio.</summary>
    public bool IsDifference { get; init; }

    public static void Print(IEnumerable<Compared> compared, TextWriter output)
    {
        output.WriteLine("| compared | median | min | max | must | aim | |");
        output.WriteLine("|---|---:|---:|---:|---:|---:|---|");
        foreach (var one in compared)
        {
            output.WriteLine(
                $"| {one.What} | {Text(one.Spread.Median)} | {Text(one.Spread.Least)} | {Text(one.Spread.Most)} "
                + $"| {(one.IsLess ? "≤" : "≥")} {Text(one.Must)} | {Text(one.Aim)} | {one.Verdict} |");
        }
    }

    /// <summary>What it came to; null where one of the two was not measured.</summary>
    public Compared? In(ResultTable results) =>
        Rounds(results) is { Count: > 0 } rounds && Spread.Of(rounds) is var spread
            ? new Compared(What, spread, IsLess, Must, Aim, Verdict(spread.Median))
            : null;

    private List<double> Rounds(ResultTable results)
    {
        var of = results.Rounds(Of);
        if (Against is null)
        {
            return [.. of];
        }

        return [.. of.Zip(results.Rounds(Against), (one, other) => IsDifference ? one - other : one / other)];
    }

    private string Verdict(double median) => Reaches(median, Aim) ? "aim" : Reaches(median, Must) ? "must" : "missed";

    private bool Reaches(double median, double goal) => IsLess ? median <= goal : median >= goal;

    private static string Text(double value) => value.ToString(Math.Abs(value) >= 100 ? "N0" : "0.###", CultureInfo.InvariantCulture);
}

/// <summary>What a comparison came to.</summary>
/// <param name="What">How it is called.</param>
/// <param name="Spread">Of its rounds.</param>
/// <param name="IsLess">Whether less is better.</param>
/// <param name="Must">What the median has to reach.</param>
/// <param name="Aim">What would be better.</param>
/// <param name="Verdict">`aim`, `must` or `missed`.</param>
internal sealed record Compared(string What, Spread Spread, bool IsLess, double Must, double Aim, string Verdict);
