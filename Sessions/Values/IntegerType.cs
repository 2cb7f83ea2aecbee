using System.Text.Json;

namespace Snakepit.Sessions.Values;

/// <summary>An integer of up to 1,000 digits, kept as its digits. Whole floats are cast: <c>42.0</c> is 42.</summary>
internal sealed class IntegerType() : VariableType("integer", "must be an integer", "min", "max")
{
    internal override Refusal? Read(ref Utf8JsonReader json, ref CanonicalJson canonical, Rules rules)
    {
        if (json.TokenType != JsonTokenType.Number)
        {
            return Refuse();
        }

        var token = json.ValueSpan;
        if (token.Length <= DecimalText.MaxDigits && DecimalText.IsPlain(token))
        {
            canonical.Write(token);
            return CheckRange(token, rules);
        }

        Span<byte> plain = stackalloc byte[DecimalText.MaxLength];
        switch (DecimalText.Spell(token, plain, out var length))
        {
            case Wholeness.Fraction:
                return Refusal.Invalid($"must be a whole number, got {Shown.Of(token)}");
            case Wholeness.TooLong:
                return Refusal.Invalid($"{Requirement} of at most {DecimalText.MaxDigits} digits");
            default:
                canonical.Write(plain[..length]);
                return CheckRange(plain[..length], rules);
        }
    }

    private static Refusal? CheckRange(ReadOnlySpan<byte> integer, Rules rules)
    {
        if (rules.Min is { } min && min.CompareFrom(integer) < 0)
        {
            return Refusal.Invalid($"value {Shown.Of(integer)} is below minimum {Shown.Of(min.Text)}");
        }

        return rules.Max is { } max && max.CompareFrom(integer) > 0
            ? Refusal.Invalid($"value {Shown.Of(integer)} is above maximum {Shown.Of(max.Text)}")
            : null;
    }
}
