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

    public void Print(TextWriter output)
    {
        output.WriteLine("| scenario | of | figure | median | min | max | unit |");
        output.WriteLine("|---|---|---|---:|---:|---:|---|");
        foreach (var ((scenario, contender, figure), (unit, values)) in _figures)
        {
            var spread = Spread.Of(values);
            output.WriteLine(
                $"| {scenario} | {contender} | {figure} | {Text(spread.Median)} | {Text(spread.Least)} | {Text(spread.Most)} | {unit} |");
        }
    }

    private static string Text(double value) =>
        value.ToString(Math.Abs(value) >= 100 ? "N0" : "N1", CultureInfo.InvariantCulture);
}
