using System.Globalization;

namespace Snakepit.Bench;

/// <summary>Figures of all rounds: median, minimum and maximum of each.</summary>
internal sealed class ResultTable
{
    private readonly OrderedDictionary<(string Scenario, string Figure, string Unit), List<double>> _figures = [];

    public void Add(string scenario, IReadOnlyList<Figure> figures)
    {
        foreach (var figure in figures)
        {
            var key = (scenario, figure.Name, figure.Unit);
            if (!_figures.TryGetValue(key, out var values))
            {
                _figures.Add(key, values = []);
            }

            values.Add(figure.Value);
        }
    }

    public void Print(TextWriter output)
    {
        output.WriteLine("| scenario | figure | median | min | max | unit |");
        output.WriteLine("|---|---|---:|---:|---:|---|");
        foreach (var ((scenario, figure, unit), values) in _figures)
        {
            values.Sort();
            output.WriteLine(
                $"| {scenario} | {figure} | {Text(values[values.Count / 2])} | {Text(values[0])} | {Text(values[^1])} | {unit} |");
        }
    }

    private static string Text(double value) =>
        value.ToString(Math.Abs(value) >= 100 ? "N0" : "N1", CultureInfo.InvariantCulture);
}
