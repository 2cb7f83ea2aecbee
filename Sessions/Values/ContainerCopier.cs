using System.Buffers;
using System.Text.Json;

namespace Snakepit.Sessions.Values;

/// <summary>
/// Copies an object or array of any content into canonical text: no white space, keys in the order given, each
/// key once, numbers spelled as they were.
/// </summary>
internal sealed class ContainerCopier
{
    /// <summary>A set of names that held more is not used again: emptying one costs its capacity.</summary>
    private const int MaxReused = 64;

    private readonly HashSet<string>?[] _names = new HashSet<string>?[JsonLimits.MaxDepth + 1];

    /// <summary>How many elements the outermost object or array has.</summary>
    public int Count { get; private set; }

    /// <summary>Copies from the opening token, on which <paramref name="json"/> stands, to the closing one.</summary>
    public Refusal? Copy(ref Utf8JsonReader json, ref CanonicalJson canonical)
    {
        var outside = json.CurrentDepth;
        var previous = JsonTokenType.None;
        do
        {
            var token = json.TokenType;
            if (Continues(previous) && token is not (JsonTokenType.EndObject or JsonTokenType.EndArray))
            {
                canonical.Write((byte)',');
            }

            if (CopyToken(ref json, ref canonical) is { } refusal)
            {
                return refusal;
            }

            if (EndsElement(token) && json.CurrentDepth == outside + 1)
            {
                Count++;
            }

            previous = token;
        }
        while (!(EndsElement(previous) && json.CurrentDepth == outside) && json.Read());

        return null;
    }

    private Refusal? CopyToken(ref Utf8JsonReader json, ref CanonicalJson canonical)
    {
        switch (json.TokenType)
        {
            case JsonTokenType.StartObject or JsonTokenType.StartArray:
                return Open(ref json, ref canonical);
            case JsonTokenType.EndObject:
                canonical.Write((byte)'}');
                return null;
            case JsonTokenType.EndArray:
                canonical.Write((byte)']');
                return null;
            case JsonTokenType.PropertyName:
                return CopyName(ref json, ref canonical);
            case JsonTokenType.String:
                return CopyString(ref json, ref canonical);
            default:
                if (DecimalText.IsTooLong(json.ValueSpan))
                {
                    return JsonLimits.TooManyDigits();
                }

                canonical.Write(json.ValueSpan);
                return null;
        }
    }

    private Refusal? Open(ref Utf8JsonReader json, ref CanonicalJson canonical)
    {
        var depth = json.CurrentDepth;
        if (depth >= JsonLimits.MaxDepth)
        {
            return JsonLimits.TooDeep();
        }

        if (json.TokenType == JsonTokenType.StartArray)
        {
            canonical.Write((byte)'[');
            return null;
        }

        canonical.Write((byte)'{');
        if (_names[depth] is { Count: <= MaxReused } names)
        {
            names.Clear();
        }
        else
        {
            _names[depth] = new HashSet<string>(StringComparer.Ordinal);
        }

        return null;
    }

    private Refusal? CopyName(ref Utf8JsonReader json, ref CanonicalJson canonical)
    {
        if (!JsonText.TryRead(ref json, out var name))
        {
            return JsonLimits.NotText();
        }

        if (!_names[json.CurrentDepth - 1]!.Add(name))
        {
            return Refusal.Invalid($"duplicate key: {Shown.Of(name)}");
        }

        var refusal = CopyString(ref json, ref canonical);
        canonical.Write((byte)':');
        return refusal;
    }

    private static Refusal? CopyString(ref Utf8JsonReader json, ref CanonicalJson canonical)
    {
        if (!json.ValueIsEscaped)
        {
            canonical.WriteString(json.ValueSpan);
            return null;
        }

        var room = ArrayPool<byte>.Shared.Rent(json.ValueSpan.Length);
        try
        {
            if (!JsonText.TryCopy(ref json, room, out var length))
            {
                return JsonLimits.NotText();
            }

            canonical.WriteString(room.AsSpan(0, length));
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(room);
        }
    }

    private static bool Continues(JsonTokenType previous) =>
        previous is not (JsonTokenType.None or JsonTokenType.StartObject or JsonTokenType.StartArray or JsonTokenType.PropertyName);

    private static bool EndsElement(JsonTokenType token) =>
        token is not (JsonTokenType.StartObject or JsonTokenType.StartArray or JsonTokenType.PropertyName);
}
