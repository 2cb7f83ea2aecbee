using System.Globalization;
using System.Text.Json;

namespace Snakepit.Sessions.Values;

/// <summary>Numbers as elements: spelled as they were given, since only their reader knows what they are read into.</summary>
internal static class Numbers
{
    /// <summary>The most characters a token can have and surely lie within a double's range, if without exponent.</summary>
    private const int SurelyFinite = 300;

    /// <summary>Copies an element: a number token, or one of the three strings that stand for one.</summary>
    public static Refusal? Copy(ref Utf8JsonReader json, ref CanonicalJson canonical, string requirement)
    {
        if (json.TokenType == JsonTokenType.Number)
        {
            if (CheckElement(json.ValueSpan) is { } refusal)
            {
                return Refusal.Invalid($"{requirement}: {refusal.Message}");
            }

            canonical.Write(json.ValueSpan);
            return null;
        }

        var special = json.TokenType == JsonTokenType.String ? SpecialOf(ref json) : default;
        if (special.IsEmpty)
        {
            return Refusal.Invalid(requirement);
        }

        canonical.WriteString(special);
        return null;
    }

    /// <summary>The special number a string token stands for; empty if for none.</summary>
    public static ReadOnlySpan<byte> SpecialOf(ref Utf8JsonReader json)
    {
        if (!json.ValueIsEscaped)
        {
            return BareNumbers.IsSpecial(json.ValueSpan) ? json.ValueSpan : default;
        }

        return JsonText.TryRead(ref json, out var text) ? text switch
        {
            "NaN" => "NaN"u8,
            "Infinity" => "Infinity"u8,
            "-Infinity" => "-Infinity"u8,
            _ => default,
        }
        : default;
    }

    /// <summary>Why a number token cannot be an element: too many digits, or beyond a double's range.</summary>
    public static Refusal? CheckElement(ReadOnlySpan<byte> token)
    {
        if (DecimalText.IsTooLong(token))
        {
            return JsonLimits.TooManyDigits();
        }

        var mayOverflow = token.Length > SurelyFinite || token.IndexOfAny((byte)'e', (byte)'E') >= 0;
        return mayOverflow && !double.IsFinite(Parse(token))
            ? Refusal.Invalid($"number {Shown.Of(token)} is beyond the range of a double")
            : null;
    }

    /// <summary>The nearest double; an infinity if the number is beyond its range.</summary>
    public static double Parse(ReadOnlySpan<byte> token) =>
        double.Parse(token, NumberStyles.Float, CultureInfo.InvariantCulture);
}
