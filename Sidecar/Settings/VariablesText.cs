using System.Text.Json;

namespace Snakepit.Sidecar.Settings;

/// <summary>
/// Environment variables in one text: `NAME=VALUE` with commas between, or a JSON object of texts. A part without
/// `=` is what stands behind a comma of the value before it; a value that has both needs the object.
/// </summary>
internal static class VariablesText
{
    /// <summary>False where the text is neither, or a name cannot be one.</summary>
    public static bool TryParse(string text, out IReadOnlyDictionary<string, string> variables)
    {
        var read = text.TrimStart().StartsWith('{') ? OfObject(text) : OfParts(text);
        variables = read ?? [];
        return read is not null
            && read.All(variable => IsName(variable.Key) && !variable.Value.Contains('\0', StringComparison.Ordinal));
    }

    public static string Format(IReadOnlyDictionary<string, string> variables) =>
        variables.Count == 0 ? "" : JsonSerializer.Serialize(variables);

    private static Dictionary<string, string>? OfObject(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, string>>(text) is { } read && !read.ContainsValue(null!)
                ? read
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Dictionary<string, string>? OfParts(string text)
    {
        var read = new Dictionary<string, string>(StringComparer.Ordinal);
        string? name = null;
        foreach (var part in text.Split(','))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                name = part[..equals].TrimStart();
                read[name] = part[(equals + 1)..];
            }
            else if (equals < 0 && name is not null)
            {
                read[name] += $",{part}";
            }
            else
            {
                return null;
            }
        }

        return read;
    }

    private static bool IsName(string name) => name.Length > 0 && !name.AsSpan().ContainsAny('=', '\0');
}
