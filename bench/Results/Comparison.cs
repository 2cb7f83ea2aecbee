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

    public static void Print(IEnumerable<Comparison> comparisons, ResultTable results, TextWriter output)
    {
        output.WriteLine("| compared | median | min | max | must | aim | |");
        output.WriteLine("|---|---:|---:|---:|---:|---:|---|");
        foreach (var comparison in comparisons)
        {
            if (comparison.Rounds(results) is { Count: > 0 } rounds)
            {
                var spread = Spread.Of(rounds);
                var sign = comparison.IsLess ? "≤" : "≥";
                output.WriteLine(
                    $"| {comparison.What} | {Text(spread.Median)} | {Text(spread.Least)} | {Text(spread.Most)} "
                    + $"| {sign} {Text(comparison.Must)} | {Text(comparison.Aim)} | {comparison.Verdict(spread.Median)} |");
            }
        }
    }

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
