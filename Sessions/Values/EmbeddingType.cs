using System.Text.Json;

namespace Snakepit.Sessions.Values;

/// <summary>A vector: numbers, each spelled as it was given, special ones as strings.</summary>
internal sealed class EmbeddingType() : VariableType("embedding", "must be a list of numbers", "dimensions")
{
    internal override bool HasSpecialNumbers => true;

    internal override bool CanBeBinary => true;

    internal override Refusal? Read(ref Utf8JsonReader json, ref CanonicalJson canonical, Rules rules)
    {
        if (json.TokenType != JsonTokenType.StartArray)
        {
            return Refuse();
        }

        canonical.Write((byte)'[');
        var count = 0;
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (count++ > 0)
            {
                canonical.Write((byte)',');
            }

            if (Numbers.Copy(ref json, ref canonical, Requirement) is { } refusal)
            {
                return refusal;
            }
        }

        canonical.Write((byte)']');
        return rules.Dimensions is { } dimensions && count != dimensions ? WrongCount(dimensions, $"{count}") : null;
    }

    internal override Refusal? CheckDescriptor(BinaryDescriptor descriptor, Rules rules)
    {
        if (rules.Dimensions is not { } dimensions)
        {
            return null;
        }

        return descriptor.Shape switch
        {
            null => WrongCount(dimensions, "a descriptor without shape"),
            [var count] when count == dimensions => null,
            var shape => WrongCount(dimensions, $"shape {Shapes.Show(shape)}"),
        };
    }

    private static Refusal WrongCount(int dimensions, string got) =>
        Refusal.Invalid($"must have exactly {dimensions} dimensions, got {got}");
}
