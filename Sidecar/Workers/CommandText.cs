using System.Text;
using System.Text.Json;

namespace Snakepit.Sidecar.Workers;

/// <summary>
/// A program and its arguments in one text: words as a shell divides them, with quotes and backslashes but nothing
/// else of a shell; or a JSON array of texts.
/// </summary>
internal static class CommandText
{
    /// <summary>False where the text is no command: a quote that is not closed, no program, no array of texts.</summary>
    public static bool TryParse(string text, out IReadOnlyList<string> command)
    {
        command = (text.TrimStart().StartsWith('[') ? OfArray(text) : OfWords(text)) ?? [];
        return command is [{ Length: > 0 }, ..] && command.All(word => !word.Contains('\0', StringComparison.Ordinal));
    }

    /// <summary>The array's text: it means the same for every reader.</summary>
    public static string Format(IReadOnlyList<string> command) =>
        command is [] ? "" : $"[{string.Join(", ", command.Select(word => JsonSerializer.Serialize(word)))}]";

    private static List<string>? OfArray(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<List<string>>(text) is { } words && !words.Contains(null!) ? words : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static List<string>? OfWords(string text)
    {
        var words = new List<string>();
        StringBuilder? word = null;
        char? quote = null;
        for (var at = 0; at < text.Length; at++)
        {
            var character = text[at];
            if (character == quote)
            {
                quote = null;
            }
            else if (character == '\\' && IsEscape(text, at, quote))
            {
                (word ??= new StringBuilder()).Append(text[++at]);
            }
            else if (quote is null && character is '\'' or '"')
            {
                quote = character;
                word ??= new StringBuilder();
            }
            else if (quote is null && char.IsWhiteSpace(character))
            {
                if (word is not null)
                {
                    words.Add(word.ToString());
                    word = null;
                }
            }
            else
            {
                (word ??= new StringBuilder()).Append(character);
            }
        }

        if (quote is not null)
        {
            return null;
        }

        if (word is not null)
        {
            words.Add(word.ToString());
        }

        return words;
    }

    /// <summary>Outside quotes always, between double quotes before what needs it, between single quotes never.</summary>
    private static bool IsEscape(string text, int at, char? quote) => at + 1 < text.Length && quote switch
    {
        null => true,
        '"' => text[at + 1] is '"' or '\\' or '$' or '`',
        _ => false,
    };
}
