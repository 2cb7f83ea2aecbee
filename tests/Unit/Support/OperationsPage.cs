using System.Text.RegularExpressions;

namespace Snakepit.Tests;

/// <summary>A metric as docs/operations.md has it.</summary>
/// <param name="Name">In the code's form, as `snakepit.watch.lag`.</param>
/// <param name="Kind">`counter`, `gauge` or `histogram`.</param>
/// <param name="Unit">OpenTelemetry's; empty = a count of things.</param>
/// <param name="Of">The executables that have it: `sidecar`, `silo`, `gateway`.</param>
internal sealed record DocumentedMetric(string Name, string Kind, string Unit, IReadOnlyList<string> Of)
{
    /// <summary>As Prometheus has it, by the rules that the page states.</summary>
    public string PrometheusName =>
        Name.Replace('.', '_')
        + Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" }
        + (Kind == "counter" ? "_total" : "");
}

/// <summary>docs/operations.md, taken at its word.</summary>
internal static partial class OperationsPage
{
    private static readonly string[] Executables = ["sidecar", "silo", "gateway"];

    public static string Text { get; } = File.ReadAllText(SourceTree.Full("docs/operations.md"));

    public static IReadOnlyList<DocumentedMetric> Metrics { get; } =
    [
        .. from cells in Rows("metric")
           let kind = cells[1].Split(", ")
           from name in CodeIn(cells[0])
           select new DocumentedMetric(name, kind[0], kind.Length > 1 ? kind[1] : "", cells[2] == "all" ? Executables : cells[2].Split(", ")),
    ];

    /// <summary>Attributes of metrics, as `rpc.method`.</summary>
    public static IReadOnlyList<string> Attributes { get; } = [.. Rows("metric").SelectMany(cells => CodeIn(cells[3])).Where(code => code.Contains('.'))];

    /// <summary>The rows of the first table whose first column has that heading, as cells.</summary>
    /// <param name="heading">Of the column.</param>
    /// <param name="section">Where it is looked for; null = from the beginning.</param>
    public static IReadOnlyList<string[]> Rows(string heading, string? section = null)
    {
        var lines = Text[(section is null ? 0 : Text.IndexOf($"\n## {section}\n", StringComparison.Ordinal) + 1)..].Split('\n');
        var first = Array.FindIndex(lines, line => line.StartsWith($"| {heading} |", StringComparison.Ordinal));
        Assert.True(first >= 0, $"no table of {heading}");
        return [.. lines.Skip(first + 2).TakeWhile(line => line.StartsWith('|')).Select(line => line.Split('|', StringSplitOptions.TrimEntries)[1..^1])];
    }

    /// <summary>What stands between backticks.</summary>
    public static IReadOnlyList<string> CodeIn(string text) => [.. InlineCode().Matches(text).Select(match => match.Groups[1].Value)];

    [GeneratedRegex("`([^`\n]+)`")]
    private static partial Regex InlineCode();
}
