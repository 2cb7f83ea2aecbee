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
            using var document = JsonDocument.Parse(File.ReadAllBytes(path), Lenient);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? [.. document.RootElement.EnumerateObject().Select(entry => Entry(entry, path, all))]
                : throw new MistakeException($"the configuration file {path} must hold one JSON object");
        }
        catch (JsonException malformed)
        {
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
        return (setting, TextOf(entry.Value) ?? (setting.IsRepeatable && entry.Value.ValueKind == JsonValueKind.Array
            ? string.Join(',', entry.Value.EnumerateArray().Select(item => TextOf(item) ?? item.GetRawText()))
            : throw new MistakeException(
                $"{setting.Name} in {path} must be {(setting.IsRepeatable ? "a text or a list of texts" : "one text, number or boolean")}")));
    }

    private static string? TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        _ => null,
    };
}
