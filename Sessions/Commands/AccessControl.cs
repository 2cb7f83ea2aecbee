using System.Text.Json;

namespace Snakepit.Sessions.Commands;

/// <summary>The form of access_control_json.</summary>
internal static class AccessControl
{
    /// <summary>The refusal of a text that is neither empty nor a JSON object.</summary>
    public static Refusal? Check(string json)
    {
        if (string.IsNullOrWhiteSpace(json))
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? null
                : Refusal.Invalid("access_control_json must be a JSON object");
        }
        catch (JsonException)
        {
            return Refusal.Invalid("access_control_json is not valid JSON");
        }
    }
}
