using System.Numerics;
using System.Text;

namespace Snakepit.Sessions.Values;

/// <summary>What a JSON number is as an integer.</summary>
internal enum Wholeness
{
    Whole,
    Fraction,
    TooLong,
}

/// <summary>Integers of any length as JSON writes them, without computing them. Every step is linear in the text.</summary>
internal static class DecimalText
{
    /// <summary>The most digits a number may have.</summary>
    public const int MaxDigits = 1000;

    /// <summary>Room for a sign and <see cref="MaxDigits"/>.</summary>
    public const int MaxLength = MaxDigits + 1;

    /// <summary>True if a number token has more digits than a number may have.</summary>
    public static bool IsTooLong(ReadOnlySpan<byte> token)
    {
        if (token.Length <= MaxDigits)
        {
            return false;
        }

        var digits = 0;
        foreach (var character in token)
        {
            digits += character is >= (byte)'0' and <= (byte)'9' ? 1 : 0;
        }

        return digits > MaxDigits;
    }

    /// <summary>True if a number token is spelled as an integer and in the only way: no fraction, no exponent, no −0.</summary>
    public static bool IsPlain(ReadOnlySpan<byte> token) =>
        token.IndexOfAny((byte)'.', (byte)'e', (byte)'E') < 0 && !token.SequenceEqual("-0"u8);

    /// <summary>Spells a whole number token plainly: <c>42.0</c> as <c>42</c>, <c>1e3</c> as <c>1000</c>.</summary>
    /// <param name="token">A JSON number.</param>
    /// <param name="plain">Room for <see cref="MaxLength"/> bytes.</param>
    /// <param name="length">How many were written.</param>
    public static Wholeness Spell(ReadOnlySpan<byte> token, Span<byte> plain, out int length)
    {
        length = 0;
        if (IsTooLong(token))
        {
            return Wholeness.TooLong;
        }

        Span<byte> digits = stackalloc byte[MaxDigits];
        var (negative, count, point) = Split(token, digits);
        if (count == 0)
        {
            plain[length++] = (byte)'0';
            return Wholeness.Whole;
        }

        if (point < count)
        {
            return Wholeness.Fraction;
        }

        if (point > MaxDigits)
        {
            return Wholeness.TooLong;
        }

        if (negative)
        {
            plain[length++] = (byte)'-';
        }

        digits[..count].CopyTo(plain[length..]);
        plain.Slice(length + count, (int)point - count).Fill((byte)'0');
        length += (int)point;
        return Wholeness.Whole;
    }

    /// <summary>Compares two plainly spelled integers.</summary>
    public static int Compare(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var leftNegative = left[0] == '-';
        if (leftNegative != (right[0] == '-'))
        {
            return leftNegative ? -1 : 1;
        }

        var magnitude = left.Length != right.Length ? left.Length.CompareTo(right.Length) : left.SequenceCompareTo(right);
        return leftNegative ? -magnitude : magnitude;
    }

    /// <summary>The nearest integer at or above (or below) a number; null if it has too many digits.</summary>
    public static byte[]? Round(ReadOnlySpan<byte> token, bool up)
    {
        Span<byte> plain = stackalloc byte[MaxLength];
        var wholeness = Spell(token, plain, out var length);
        if (wholeness != Wholeness.Fraction)
        {
            return wholeness == Wholeness.Whole ? plain[..length].ToArray() : null;
        }

        Span<byte> digits = stackalloc byte[MaxDigits];
        var (negative, _, point) = Split(token, digits);
        var below = point <= 0 ? BigInteger.Zero : BigInteger.Parse(Encoding.ASCII.GetString(digits[..(int)point]));
        var magnitude = up == negative ? below : below + 1;
        return Encoding.ASCII.GetBytes((negative ? -magnitude : magnitude).ToString());
    }

    /// <summary>
    /// Takes a number apart: its significant digits, without zeros at either end (none for zero), and where
    /// the decimal point stands, counted from the first of them.
    /// </summary>
    private static (bool Negative, int Count, long Point) Split(ReadOnlySpan<byte> token, Span<byte> digits)
    {
        var negative = token[0] == '-';
        var exponentAt = token.IndexOfAny((byte)'e', (byte)'E');
        var mantissa = exponentAt < 0 ? token : token[..exponentAt];
        var point = exponentAt < 0 ? 0 : Exponent(token[(exponentAt + 1)..]);
        var count = 0;
        var inFraction = false;
        foreach (var character in mantissa)
        {
            if (character == '.')
            {
                inFraction = true;
            }
            else if (character != '-')
            {
                var leadingZero = count == 0 && character == '0';
                if (!leadingZero)
                {
                    digits[count++] = character;
                }

                point += (inFraction, leadingZero) switch
                {
                    (false, false) => 1,
                    (true, true) => -1,
                    _ => 0,
                };
            }
        }

        while (count > 0 && digits[count - 1] == '0')
        {
            count--;
        }

        return (negative, count, point);
    }

    /// <summary>An exponent; one beyond any use is cut to a billion.</summary>
    private static long Exponent(ReadOnlySpan<byte> text)
    {
        var exponent = 0L;
        foreach (var character in text)
        {
            if (character is >= (byte)'0' and <= (byte)'9')
            {
                exponent = Math.Min(1_000_000_000, (exponent * 10) + character - '0');
            }
        }

        return text[0] == '-' ? -exponent : exponent;
    }
}
