using System.Text.Json;
using Snakepit.Sidecar.CommandLine;

namespace Snakepit.Sidecar.Settings;

/// <summary>A JSON file of settings: one object, whose keys are the settings' names.</summary>
internal static class ConfigFile
{
    private static readonly JsonDocumentOptions Lenient = new()
    {
        AllowDuplicateProperties = false,
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
    };

    /// <summary>The texts of the settings the file mentions.</summary>
    /// <exception cref="MistakeException">It cannot be read, or has a key that names no setting.</exception>
    public static IReadOnlyList<(Setting Setting, string Text)> Read(string path, IReadOnlyList<Setting> all)
    {
        try
        {
            using var file = File.OpenRead(path);
            using var document = JsonDocument.Parse(file, Lenient);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? [.. document.RootElement.EnumerateObject().Select(entry => Entry(entry, path, all))]
                : throw new MistakeException($"the configuration file {path} must hold one JSON object");
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            // The latter: a text in it is no valid Unicode, which is found out only when it is read.
            throw new MistakeException($"the configuration file {path} is not JSON: {malformed.Message}");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new MistakeException($"the configuration file cannot be read: {unreadable.Message}");
        }
    }

    private static (Setting Setting, string Text) Entry(JsonProperty entry, string path, IReadOnlyList<Setting> all)
    {
        var setting = all.FirstOrDefault(setting => setting.Name == entry.Name && setting.IsInFile)
            ?? throw new MistakeException($"unknown setting '{entry.Name}' in {path}");
        var texts = setting.IsRepeatable && entry.Value.ValueKind == JsonValueKind.Array
            ? [.. entry.Value.EnumerateArray().Select(TextOf)]
            : new[] { TextOf(entry.Value) };
        return texts.Contains(null)
            ? throw new MistakeException(
                $"{setting.Name} in {path} must be {(setting.IsRepeatable ? "a text or a list of texts" : "one text, number or boolean")}")
            : (setting, string.Join(',', texts));
    }

    private static string? TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        _ => null,
    };
}
