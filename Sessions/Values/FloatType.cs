using System.Text;
using System.Text.Json;

namespace Snakepit.Sessions.Values;

/// <summary>
/// A double. Any JSON number is rounded to the nearest one, integers beyond 2^53 too; a number beyond its range
/// is refused rather than made an infinity. Spelled as the shortest text that reads back the same, as a float.
/// </summary>
internal sealed class FloatType() : VariableType("float", "must be a number", "min", "max")
{
    internal override bool HasSpecialNumbers => true;

    internal override Refusal? Read(ref Utf8JsonReader json, ref CanonicalJson canonical, Rules rules)
    {
        if (json.TokenType == JsonTokenType.String)
        {
            return ReadSpecial(ref json, ref canonical, rules);
        }

        if (json.TokenType != JsonTokenType.Number)
        {
            return Refuse();
        }

        if (Numbers.CheckElement(json.ValueSpan) is { } refusal)
        {
            return Refusal.Invalid($"{Requirement}: {refusal.Message}");
        }

        var number = Numbers.Parse(json.ValueSpan);
        Span<byte> text = stackalloc byte[FloatText.MaxLength];
        text = text[..FloatText.Write(number, text)];
        canonical.Write(text);
        return CheckRange(number, text, rules);
    }

    private Refusal? ReadSpecial(ref Utf8JsonReader json, ref CanonicalJson canonical, Rules rules)
    {
        var name = Numbers.SpecialOf(ref json);
        if (name.IsEmpty)
        {
            return Refuse();
        }

        canonical.WriteString(name);
        var number = name[0] switch
        {
            (byte)'N' => double.NaN,
            (byte)'I' => double.PositiveInfinity,
            _ => double.NegativeInfinity,
        };
        return CheckRange(number, name, rules);
    }

    /// <summary>NaN satisfies no bound: every comparison with it is false.</summary>
    private static Refusal? CheckRange(double number, ReadOnlySpan<byte> text, Rules rules)
    {
        if (rules.Min is { } min && !(number >= min.Number))
        {
            return Refusal.Invalid($"value {Encoding.UTF8.GetString(text)} is below minimum {Shown.Of(min.Text)}");
        }

        return rules.Max is { } max && !(number <= max.Number)
            ? Refusal.Invalid($"value {Encoding.UTF8.GetString(text)} is above maximum {Shown.Of(max.Text)}")
            : null;
    }
}
