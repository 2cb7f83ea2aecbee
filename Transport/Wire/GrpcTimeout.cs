using System.Globalization;

namespace Snakepit.Transport;

/// <summary>The value of `grpc-timeout`: at most eight digits and a unit, one of H M S m u n.</summary>
internal static class GrpcTimeout
{
    /// <summary>What a timer can wait, some 49 days. A longer timeout is told and not enforced.</summary>
    public static readonly TimeSpan LongestEnforced = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    private const int MaxDigits = 8;
    private const long MaxValue = 99_999_999;
    private const long NanosecondsPerTick = 100;

    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan timeout)
    {
        timeout = default;
        if (text.Length is < 2 or > MaxDigits + 1
            || !long.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var amount))
        {
            return false;
        }

        long ticks;
        switch (text[^1])
        {
            case 'H':
                ticks = amount * TimeSpan.TicksPerHour;
                break;
            case 'M':
                ticks = amount * TimeSpan.TicksPerMinute;
                break;
            case 'S':
                ticks = amount * TimeSpan.TicksPerSecond;
                break;
            case 'm':
                ticks = amount * TimeSpan.TicksPerMillisecond;
                break;
            case 'u':
                ticks = amount * TimeSpan.TicksPerMicrosecond;
                break;
            case 'n':
                ticks = (amount + NanosecondsPerTick - 1) / NanosecondsPerTick;
                break;
            default:
                return false;
        }

        timeout = new TimeSpan(ticks);
        return true;
    }

    /// <summary>In the finest unit that eight digits can hold, rounded up; what is past counts as 1 ns.</summary>
    public static string Format(TimeSpan timeout)
    {
        var ticks = timeout.Ticks;
        if (ticks <= 0)
        {
            return "1n";
        }

        ReadOnlySpan<(long TicksPerUnit, char Unit)> units =
        [
            (TimeSpan.TicksPerMicrosecond, 'u'),
            (TimeSpan.TicksPerMillisecond, 'm'),
            (TimeSpan.TicksPerSecond, 'S'),
            (TimeSpan.TicksPerMinute, 'M'),
        ];
        foreach (var (ticksPerUnit, unit) in units)
        {
            var amount = (ticks - 1) / ticksPerUnit + 1;
            if (amount <= MaxValue)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{amount}{unit}");
            }
        }

        var hours = Math.Min((ticks - 1) / TimeSpan.TicksPerHour + 1, MaxValue);
        return string.Create(CultureInfo.InvariantCulture, $"{hours}H");
    }
}
