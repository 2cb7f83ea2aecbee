using System.Globalization;

namespace Snakepit.Sessions.Values;

/// <summary>
/// Spells doubles in JSON: the shortest digits that read back as the same double, always with a point or an
/// exponent, so that a reader that tells integers from floats (Python) reads a float. Laid out as Python does.
/// </summary>
internal static class FloatText
{
    /// <summary>Room for any double.</summary>
    public const int MaxLength = 40;

    /// <summary>Writes a finite double; answers with the bytes written.</summary>
    public static int Write(double number, Span<byte> text)
    {
        Span<byte> shortest = stackalloc byte[MaxLength];
        number.TryFormat(shortest, out var length, "R", CultureInfo.InvariantCulture);
        Span<byte> digits = stackalloc byte[MaxLength];
        var (count, point) = TakeApart(shortest[..length], digits);
        var at = 0;
        if (double.IsNegative(number))
        {
            text[at++] = (byte)'-';
        }

        // From 1e16 on and below 1e-4 Python changes to exponents.
        return point is >= -3 and <= 16
            ? WritePlain(digits[..count], point, text, at)
            : WriteScientific(digits[..count], point - 1, text, at);
    }

    /// <summary>A special number as the string that stands for it.</summary>
    public static string NameOf(double special) =>
        double.IsNaN(special) ? "NaN" : special > 0 ? "Infinity" : "-Infinity";

    /// <summary>Significant digits (one zero for zero) and where the point stands, counted from the first.</summary>
    private static (int Count, int Point) TakeApart(ReadOnlySpan<byte> shortest, Span<byte> digits)
    {
        var exponentAt = shortest.IndexOf((byte)'E');
        var mantissa = exponentAt < 0 ? shortest : shortest[..exponentAt];
        var exponent = exponentAt < 0 ? 0 : int.Parse(shortest[(exponentAt + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        mantissa = mantissa.TrimStart((byte)'-');
        var pointAt = mantissa.IndexOf((byte)'.');
        var whole = pointAt < 0 ? mantissa : mantissa[..pointAt];
        var fraction = pointAt < 0 ? [] : mantissa[(pointAt + 1)..];
        whole.CopyTo(digits);
        fraction.CopyTo(digits[whole.Length..]);
        ReadOnlySpan<byte> all = digits[..(whole.Length + fraction.Length)];
        var significant = all.TrimStart((byte)'0');
        var point = whole.Length + exponent - (all.Length - significant.Length);
        significant = significant.TrimEnd((byte)'0');
        if (significant.IsEmpty)
        {
            digits[0] = (byte)'0';
            return (1, 1);
        }

        significant.CopyTo(digits);
        return (significant.Length, point);
    }

    private static int WritePlain(ReadOnlySpan<byte> digits, int point, Span<byte> text, int at)
    {
        if (point <= 0)
        {
            "0."u8.CopyTo(text[at..]);
            text.Slice(at + 2, -point).Fill((byte)'0');
            digits.CopyTo(text[(at + 2 - point)..]);
            return at + 2 - point + digits.Length;
        }

        var before = Math.Min(point, digits.Length);
        digits[..before].CopyTo(text[at..]);
        text.Slice(at + before, point - before).Fill((byte)'0');
        at += point;
        text[at++] = (byte)'.';
        var after = before == digits.Length ? "0"u8 : digits[before..];
        after.CopyTo(text[at..]);
        return at + after.Length;
    }

    private static int WriteScientific(ReadOnlySpan<byte> digits, int exponent, Span<byte> text, int at)
    {
        text[at++] = digits[0];
        if (digits.Length > 1)
        {
            text[at++] = (byte)'.';
            digits[1..].CopyTo(text[at..]);
            at += digits.Length - 1;
        }

        text[at++] = (byte)'e';
        exponent.TryFormat(text[at..], out var written, "+00;-00", CultureInfo.InvariantCulture);
        return at + written;
    }
}
