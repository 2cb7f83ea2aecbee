using System.Globalization;
using Google.Protobuf.WellKnownTypes;

namespace Snakepit.Sidecar.Client;

/// <summary>How facts look in a line of text.</summary>
internal static class Shown
{
    private const int ShortLength = 80;

    /// <summary>ISO 8601, UTC, milliseconds; a dash where there is none.</summary>
    public static string Time(Timestamp? time) => time is null
        ? "-"
        : time.ToDateTime().ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    /// <summary>A value as JSON; of a binary one the descriptor and how many bytes belong to it.</summary>
    public static string Value(Any? value, Google.Protobuf.ByteString binary) => value is null
        ? "-"
        : value.Value.ToStringUtf8() + (binary.IsEmpty ? "" : string.Create(CultureInfo.InvariantCulture, $" + {binary.Length} bytes"));

    public static string Short(string text)
    {
        if (text.Length <= ShortLength)
        {
            return text;
        }

        // Half of a surrogate pair would show as a question mark.
        var length = ShortLength - 1;
        return $"{text.AsSpan(0, char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)}…";
    }

    public static string Seconds(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s");

    /// <summary>As `1 session`, `2 sessions`.</summary>
    /// <param name="number">How many.</param>
    /// <param name="what">One of them.</param>
    public static string Count(long number, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{number} {what}{(number == 1 ? "" : "s")}");

    public static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
