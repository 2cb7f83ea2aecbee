using System.Globalization;
using System.Text;

namespace Snakepit.Serving;

/// <summary>
/// Text that keeps to its line. Clients choose names and ids: none may break or forge a line, or move a
/// terminal's cursor.
/// </summary>
public static class OneLine
{
    /// <summary>The text with its control characters written as `\u000a`.</summary>
    public static string Of(string text) => text.Any(char.IsControl) ? new StringBuilder().AppendOnOneLine(text).ToString() : text;

    internal static StringBuilder AppendOnOneLine(this StringBuilder line, string text)
    {
        foreach (var character in text)
        {
            if (char.IsControl(character))
            {
                line.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
            }
            else
            {
                line.Append(character);
            }
        }

        return line;
    }
}
