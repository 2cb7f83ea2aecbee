using System.Globalization;

namespace Snakepit.Serving.Settings;

/// <summary>Sizes as people write them: a number and one of B, KiB, MiB, GiB; a bare number is bytes.</summary>
public static class ByteSize
{
    // Of two units that fit, the longer name is tried first: "KiB" also ends in "B".
    private static readonly (string Suffix, long Bytes)[] Units =
    [
        ("GiB", 1L << 30),
        ("MiB", 1L << 20),
        ("KiB", 1L << 10),
        ("B", 1),
    ];

    /// <summary>False where the text is no whole number of bytes.</summary>
    public static bool TryParse(string text, out long bytes)
    {
        var unit = Array.Find(Units, unit => text.EndsWith(unit.Suffix, StringComparison.Ordinal));
        var number = unit.Suffix is null ? text : text[..^unit.Suffix.Length];
        var each = unit.Suffix is null ? 1 : unit.Bytes;
        bytes = 0;
        if (!long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var amount)
            || amount > long.MaxValue / each)
        {
            return false;
        }

        bytes = amount * each;
        return true;
    }

    /// <summary>In the largest unit that divides it.</summary>
    public static string Format(long bytes)
    {
        var (suffix, each) = Units.First(unit => bytes % unit.Bytes == 0);
        return string.Create(CultureInfo.InvariantCulture, $"{bytes / each}{(each == 1 ? "" : suffix)}");
    }
}
