using System.Globalization;
using System.Text;

namespace Snakepit.Sidecar.Logging;

/// <summary>A log entry for people: one line, and below it an exception's own lines, indented.</summary>
internal static class TextLine
{
    public static string Of(LogEntry entry)
    {
        var text = new StringBuilder();
        var category = entry.Category[(entry.Category.LastIndexOf('.') + 1)..];
        text.Append(CultureInfo.InvariantCulture, $"{entry.Time:yyyy-MM-ddTHH:mm:ss.fffZ} {entry.LevelName,-7} {category}: ");
        AppendOnOneLine(text, entry.Message);
        text.AppendLine();
        foreach (var line in entry.Exception?.ToString().Split('\n') ?? [])
        {
            text.Append("    ");
            AppendOnOneLine(text, line.TrimEnd('\r'));
            text.AppendLine();
        }

        return text.ToString();
    }

    /// <summary>A client chooses names and ids: none may forge a line or move a terminal's cursor.</summary>
    private static void AppendOnOneLine(StringBuilder text, string message)
    {
        foreach (var character in message)
        {
            if (char.IsControl(character))
            {
                text.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
            }
            else
            {
                text.Append(character);
            }
        }
    }
}
