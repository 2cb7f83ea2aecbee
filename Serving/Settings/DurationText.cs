using System.Globalization;

namespace Snakepit.Serving.Settings;

/// <summary>Durations as people write them: a number and one of ms, s, m, h, d; a bare number is seconds.</summary>
public static class DurationText
{
    // Of two units that fit, the longer name is tried first: "ms" also ends in "s".
    private static readonly (string Suffix, TimeSpan Length)[] Units =
    [
        ("ms", TimeSpan.FromMilliseconds(1)),
        ("s", TimeSpan.FromSeconds(1)),
        ("m", TimeSpan.FromMinutes(1)),
        ("h", TimeSpan.FromHours(1)),
        ("d", TimeSpan.FromDays(1)),
    ];

    /// <summary>False where the text is no duration, or none that a <see cref="TimeSpan"/> can hold.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        var unit = Array.Find(Units, unit => text.EndsWith(unit.Suffix, StringComparison.Ordinal));
        var number = unit.Suffix is null ? text : text[..^unit.Suffix.Length];
        var length = unit.Suffix is null ? TimeSpan.FromSeconds(1) : unit.Length;
        duration = default;
        if (!decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount)
            || amount > long.MaxValue / length.Ticks)
        {
            return false;
        }

        duration = new TimeSpan((long)(amount * length.Ticks));
        return true;
    }

    /// <summary>In the largest unit that divides it.</summary>
    public static string Format(TimeSpan duration)
    {
        var (suffix, length) = Units.LastOrDefault(unit => duration.Ticks % unit.Length.Ticks == 0, Units[0]);
        return string.Create(CultureInfo.InvariantCulture, $"{(decimal)duration.Ticks / length.Ticks:0.####}{suffix}");
    }
}
