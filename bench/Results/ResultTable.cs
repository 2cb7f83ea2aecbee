using System.Globalization;

namespace Snakepit.Bench;

/// <summary>Figures of all rounds: median, minimum and maximum of each.</summary>
internal sealed class ResultTable
{
    private readonly OrderedDictionary<(string Scenario, string Contender, string Figure), (string Unit, List<double> Values)> _figures = [];

    public void Add(string scenario, string contender, IReadOnlyList<Figure> figures)
    {
        foreach (var figure in figures)
        {
            var key = (scenario, contender, figure.Name);
            if (!_figures.TryGetValue(key, out var series))
            {
                _figures.Add(key, series = (figure.Unit, []));
            }

            series.Values.Add(figure.Value);
        }
    }

    /// <summary>A figure round by round; empty where it was not measured.</summary>
    public IReadOnlyList<double> Rounds(Measured measured) =>
        _figures.TryGetValue((measured.Scenario, measured.Contender, measured.Figure), out var series) ? series.Values : [];

    /// <summary>All of it, each figure with its rounds.</summary>
    public IEnumerable<Measurement> Measurements =>
        _figures.Select(static one => new Measurement(
            one.Key.Scenario, one.Key.Contender, one.Key.Figure, one.Value.Unit, Spread.Of(one.Value.Values), one.Value.Values));

    public void Print(TextWriter output)
    {
        output.WriteLine("| scenario | of | figure | median | min | max | unit |");
        output.WriteLine("|---|---|---|---:|---:|---:|---|");
        foreach (var (scenario, contender, figure, unit, spread, _) in Measurements)
        {
            output.WriteLine(
                $"| {scenario} | {contender} | {figure} | {Text(spread.Median)} | {Text(spread.Least)} | {Text(spread.Most)} | {unit} |");
        }
    }

    private static string Text(double value) =>
        value.ToString(Math.Abs(value) >= 100 ? "N0" : "N1", CultureInfo.InvariantCulture);
}

/// <summary>A figure of a scenario and contender: what its rounds come to, and each of them in turn.</summary>
internal sealed record Measurement(
    string Scenario, string Of, string Figure, string Unit, Spread Spread, IReadOnlyList<double> Rounds);
