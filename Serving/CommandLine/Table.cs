namespace Snakepit.Serving.CommandLine;

/// <summary>Aligned columns under headings. The last may be of any length.</summary>
public sealed class Table<T>(params (string Heading, Func<T, string> Cell)[] columns)
{
    private const string Gap = "  ";

    public void Write(IReadOnlyList<T> items, TextWriter writer)
    {
        var rows = items
            .Select(item => columns.Select(column => OneLine.Of(column.Cell(item))).ToArray())
            .Prepend([.. columns.Select(column => column.Heading)])
            .ToList();
        var widths = columns.Select((_, column) => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
        {
            writer.WriteLine(string.Join(Gap, row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        }
    }
}
