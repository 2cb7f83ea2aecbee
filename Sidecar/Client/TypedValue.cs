using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Serving.CommandLine;

namespace Snakepit.Sidecar.Client;

/// <summary>A value typed on the command line.</summary>
internal static class TypedValue
{
    private const string Prefix = "type.googleapis.com/snakepit.";

    /// <summary>
    /// JSON as it stands. Where the type holds a text, whatever is no JSON string is that text; a float may be
    /// NaN or infinite without quotes.
    /// </summary>
    /// <exception cref="MistakeException">The type needs JSON and the text is none.</exception>
    public static Any Of(string type, string text) => new()
    {
        TypeUrl = Prefix + type,
        Value = ByteString.CopyFromUtf8(JsonOf(type, text)),
    };

    private static string JsonOf(string type, string text)
    {
        var kind = KindOf(text);
        var isText = type is "string" or "choice" or "module" || text is "NaN" or "Infinity" or "-Infinity";
        return (kind, isText) switch
        {
            (JsonValueKind.String, _) or (not JsonValueKind.Undefined, false) => text,
            (_, true) => $"\"{JsonEncodedText.Encode(text)}\"",
            _ => throw new MistakeException($"VALUE: '{Shown.Short(text)}' is not JSON, which type {type} needs, as {Example(type)}"),
        };
    }

    private static string Example(string type) => type switch
    {
        "integer" => "42",
        "float" => "0.7",
        "boolean" => "true or false",
        "embedding" => "[0.1, 0.2]",
        "tensor" => """{"shape": [2, 2], "data": [1, 2, 3, 4]}""",
        "list" => "[1, 2]",
        _ => """{"key": "value"}""",
    };

    /// <summary>Undefined where the text is no JSON.</summary>
    private static JsonValueKind KindOf(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind;
        }
        catch (JsonException)
        {
            return JsonValueKind.Undefined;
        }
    }
}
