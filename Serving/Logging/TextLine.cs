using System.Globalization;
using System.Text;

namespace Snakepit.Serving.Logging;

/// <summary>A log entry for people: one line, and below it an exception's own lines, indented.</summary>
internal static class TextLine
{
    public static string Of(LogEntry entry)
    {
        var text = new StringBuilder();
        var category = entry.Category[(entry.Category.LastIndexOf('.') + 1)..];
        text.Append(entry.Time.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)).Append(' ');
        text.Append(entry.LevelName.PadRight(7)).Append(' ').Append(category).Append(": ");
        text.AppendOnOneLine(entry.Message);
        if (entry.Cause is { } cause)
        {
            text.Append(" (");
            if (cause.TraceId is not null)
            {
                text.Append("trace ").Append(cause.TraceId);
            }

            if (cause.CorrelationId is { } correlation)
            {
                text.Append(cause.TraceId is null ? "correlation " : ", correlation ").AppendOnOneLine(correlation);
            }

            text.Append(')');
        }

        text.AppendLine();
        foreach (var line in entry.Exception?.ToString().Split('\n') ?? [])
        {
            text.Append("    ").AppendOnOneLine(line.TrimEnd('\r')).AppendLine();
        }

        return text.ToString();
    }
}
