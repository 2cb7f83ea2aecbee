using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Snakepit.Sessions.Values;

/// <summary>Strings out of JSON tokens. JSON lets a lone surrogate pass as an escape; text does not.</summary>
internal static class JsonText
{
    /// <summary>The content of a string or name token; false if it is no text.</summary>
    public static bool TryRead(ref Utf8JsonReader json, [NotNullWhen(true)] out string? text)
    {
        try
        {
            text = json.GetString();
            return text is not null;
        }
        catch (InvalidOperationException)
        {
            text = null;
            return false;
        }
    }

    /// <summary>The content of a string or name token in UTF-8; false if it is no text.</summary>
    /// <param name="json">Stands on the token.</param>
    /// <param name="room">At least as long as the token.</param>
    /// <param name="length">Bytes written.</param>
    public static bool TryCopy(ref Utf8JsonReader json, Span<byte> room, out int length)
    {
        try
        {
            length = json.CopyString(room);
            return true;
        }
        catch (InvalidOperationException)
        {
            length = 0;
            return false;
        }
    }
}
