using System.Text.Json;
using Snakepit.Serving.CommandLine;

namespace Snakepit.Serving.Settings;

/// <summary>
/// A JSON file of settings: an object whose keys are the settings' names. In a file shared with other programs
/// it is the object <see cref="Section"/> of the root. All executables of the product may share one file.
/// </summary>
internal static class ConfigFile
{
    /// <summary>The file that is read, if it is there, when no other is named.</summary>
    public const string CommonName = "appsettings.json";

    /// <summary>The key of the root object below which the settings stand.</summary>
    public const string Section = "Snakepit";

    private static readonly JsonDocumentOptions Lenient = new()
    {
        AllowDuplicateProperties = false,
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
    };

    /// <summary>The texts of the settings that a file named by the user mentions: in its section, else in the root.</summary>
    /// <exception cref="MistakeException">It cannot be read, or has a key that names no setting of the product.</exception>
    public static IReadOnlyList<(Setting Setting, string Text)> Read(string path, IReadOnlyList<Setting> all) =>
        Read(path, all, root => root.ValueKind == JsonValueKind.Object
            ? SectionOf(root) ?? root
            : throw new MistakeException($"the configuration file {path} must hold one JSON object"));

    /// <summary>
    /// The same of a file that nobody named. It may be missing, or belong to others entirely: without a section
    /// it has nothing to say.
    /// </summary>
    /// <exception cref="MistakeException">As above.</exception>
    public static IReadOnlyList<(Setting Setting, string Text)> ReadCommon(string path, IReadOnlyList<Setting> all) =>
        File.Exists(path) ? Read(path, all, SectionOf) : [];

    private static IReadOnlyList<(Setting Setting, string Text)> Read(
        string path, IReadOnlyList<Setting> all, Func<JsonElement, JsonElement?> settings)
    {
        try
        {
            using var file = File.OpenRead(path);
            using var document = JsonDocument.Parse(file, Lenient);
            return settings(document.RootElement) is { } entries
                ? [.. entries.EnumerateObject().Select(entry => Entry(entry, path, all)).OfType<(Setting, string)>()]
                : [];
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

    private static JsonElement? SectionOf(JsonElement root) =>
        root.ValueKind == JsonValueKind.Object
        && root.TryGetProperty(Section, out var section) && section.ValueKind == JsonValueKind.Object
            ? section
            : null;

    /// <summary>Null where the setting is that of another executable of the product.</summary>
    private static (Setting Setting, string Text)? Entry(JsonProperty entry, string path, IReadOnlyList<Setting> all)
    {
        if (all.FirstOrDefault(setting => setting.Name == entry.Name && setting.IsInFile) is not { } setting)
        {
            return KnownSettings.Has(entry.Name)
                ? null
                : throw new MistakeException(
                    $"unknown setting '{entry.Name}' in {path}{Nearest.Suggestion(entry.Name, KnownSettings.InFiles)}");
        }

        if (setting.IsJsonInFile && entry.Value.ValueKind is JsonValueKind.Array or JsonValueKind.Object)
        {
            return (setting, entry.Value.GetRawText());
        }

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
