using System.Text.Json;
using System.Text.Unicode;
using Google.Protobuf;

namespace Snakepit.Sessions.Values;

/// <summary>What the JSON beside a binary value says of it. The bytes themselves are never looked into.</summary>
/// <param name="Shape">Null if it says none.</param>
/// <param name="Dtype">Null if it says none.</param>
internal sealed record BinaryDescriptor(long[]? Shape, string? Dtype)
{
    private static readonly BinaryDescriptor Empty = new(null, null);

    /// <summary>True if it describes a value of no elements: the only one that can have no bytes.</summary>
    public bool DescribesNothing => Shape?.Contains(0) ?? false;

    /// <summary>Reads a descriptor; an empty one says nothing.</summary>
    public static Outcome<BinaryDescriptor> Read(ByteString text)
    {
        if (text.IsEmpty)
        {
            return Empty;
        }

        if (!Utf8.IsValid(text.Span))
        {
            return Refuse("not valid UTF-8");
        }

        try
        {
            return ReadJson(text.Span);
        }
        catch (JsonException)
        {
            return Refuse("not valid JSON");
        }
    }

    private static Outcome<BinaryDescriptor> ReadJson(ReadOnlySpan<byte> text)
    {
        var json = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = JsonLimits.MaxDepth });
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            return Refuse("not a JSON object");
        }

        long[]? shape = null;
        string? dtype = null;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (!JsonText.TryRead(ref json, out var key))
            {
                return JsonLimits.NotText();
            }

            if (!seen.Add(key))
            {
                return Refuse($"duplicate key: {key}");
            }

            json.Read();
            switch (key)
            {
                case "shape":
                    if (Shapes.Read(ref json, out shape) is { } refusal)
                    {
                        return refusal;
                    }

                    break;
                case "dtype" or "binary_format" or "type":
                    if (json.TokenType != JsonTokenType.String || !JsonText.TryRead(ref json, out var word))
                    {
                        return Refuse($"{key} must be a string");
                    }

                    dtype = key == "dtype" ? word : dtype;
                    break;
                default:
                    json.Skip();
                    break;
            }
        }

        // Throws if anything but white space follows.
        json.Read();
        return new BinaryDescriptor(shape, dtype);
    }

    private static Refusal Refuse(string why) => Refusal.Invalid($"binary value has a wrong descriptor: {why}");
}
