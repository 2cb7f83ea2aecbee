using System.Text.Json;

namespace Snakepit.Sessions.Values;

/// <summary>Shapes of tensors: a length for each axis.</summary>
internal static class Shapes
{
    /// <summary>Reads a shape, from the first token of its value to its last.</summary>
    public static Refusal? Read(ref Utf8JsonReader json, out long[]? shape)
    {
        shape = null;
        if (json.TokenType != JsonTokenType.StartArray)
        {
            return Refuse();
        }

        var lengths = new List<long>();
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType != JsonTokenType.Number || ReadLength(json.ValueSpan) is not { } length)
            {
                return Refuse();
            }

            if (lengths.Count == JsonLimits.MaxRank)
            {
                return Refusal.Invalid($"shape must have at most {JsonLimits.MaxRank} axes");
            }

            lengths.Add(length);
        }

        shape = [.. lengths];
        return null;
    }

    /// <summary>A count spelled as a whole number, in any way; null if it is none, negative or beyond an int64.</summary>
    public static long? ReadLength(ReadOnlySpan<byte> token)
    {
        Span<byte> plain = stackalloc byte[DecimalText.MaxLength];
        return DecimalText.Spell(token, plain, out var written) == Wholeness.Whole
            && long.TryParse(plain[..written], out var length) && length >= 0
            ? length
            : null;
    }

    /// <summary>How many elements a tensor of that shape has; at most <see cref="long.MaxValue"/>.</summary>
    public static long Product(ReadOnlySpan<long> shape)
    {
        if (shape.Contains(0))
        {
            return 0;
        }

        var product = 1L;
        foreach (var length in shape)
        {
            product = product > long.MaxValue / length ? long.MaxValue : product * length;
        }

        return product;
    }

    public static bool Same(long[]? left, long[]? right) =>
        left is null || right is null ? left is null && right is null : left.AsSpan().SequenceEqual(right);

    public static string Show(long[] shape) => $"[{string.Join(", ", shape)}]";

    private static Refusal Refuse() => Refusal.Invalid("shape must be a list of whole numbers, none negative");
}
