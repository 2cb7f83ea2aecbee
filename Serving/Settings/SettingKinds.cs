using System.Globalization;
using System.Net;

namespace Snakepit.Serving.Settings;

/// <summary>The kinds of values settings have.</summary>
public static class SettingKinds
{
    /// <summary>Timers take no more than 49 days, dates no more than some thousand years; nothing needs as much.</summary>
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(30);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    public static SettingKind<int> Port { get; } = new(
        "PORT",
        static () => $"a port, 0 to {IPEndPoint.MaxPort}",
        (string text, out int value) => TryParseWhole(text, 0, IPEndPoint.MaxPort, out value),
        Show);

    /// <summary>A number of things there may be.</summary>
    public static SettingKind<int> Count { get; } = CountUpTo(int.MaxValue);

    public static SettingKind<long> LargeCount { get; } = new(
        "N",
        static () => $"a whole number, 1 to {long.MaxValue}",
        (string text, out long value) =>
            long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value > 0,
        value => value.ToString(CultureInfo.InvariantCulture));

    /// <summary>Bytes of something that is held in one array.</summary>
    public static SettingKind<int> Size { get; } = new(
        "SIZE",
        static () => $"a size such as 16MiB, 64KiB or a number of bytes, 1 to {Array.MaxLength}",
        (string text, out int value) =>
        {
            var isSize = ByteSize.TryParse(text, out var bytes) && bytes is > 0 && bytes <= Array.MaxLength;
            value = isSize ? (int)bytes : 0;
            return isSize;
        },
        value => ByteSize.Format(value));

    /// <summary>A size that no array need have.</summary>
    public static SettingKind<long> LargeSize { get; } = new(
        "SIZE",
        static () => "a size such as 2GiB, 512MiB or a number of bytes, above 0",
        static (string text, out long value) => ByteSize.TryParse(text, out value) && value > 0,
        ByteSize.Format);

    public static SettingKind<TimeSpan> Duration { get; } = DurationUpTo(Longest);

    /// <summary>A duration that a timer counts.</summary>
    public static SettingKind<TimeSpan> Interval { get; } = DurationUpTo(LongestTimer);

    /// <summary>A share of something.</summary>
    public static SettingKind<double> Ratio { get; } = new(
        "RATIO",
        static () => "a number from 0 to 1",
        (string text, out double value) =>
            double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value) && value is >= 0 and <= 1,
        value => value.ToString(CultureInfo.InvariantCulture));

    /// <summary>Where a collector of telemetry listens.</summary>
    public static SettingKind<string> CollectorAddress { get; } = new(
        "URL",
        static () => "an address such as http://localhost:4317",
        (string text, out string value) => Uri.TryCreate(value = text, UriKind.Absolute, out var url)
            && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps),
        value => value);

    public static SettingKind<bool> Switch { get; } = new(
        ValueName: null,
        static () => "true or false",
        (string text, out bool value) =>
        {
            value = text is "true" or "1";
            return value || text is "false" or "0";
        },
        value => value ? "true" : "false");

    public static SettingKind<int> CountUpTo(int most) => new(
        "N",
        () => $"a whole number, 1 to {most}",
        (string text, out int value) => TryParseWhole(text, 1, most, out value),
        Show);

    /// <summary>Any text but none.</summary>
    public static SettingKind<string> Text(string valueName) => NonEmpty(valueName, "a text");

    public static SettingKind<string> Path(string valueName) => NonEmpty(valueName, "a path");

    /// <summary>Where to listen: hosts, each with a port of its own or without.</summary>
    public static SettingKind<IReadOnlyList<ListenAddress>> Addresses { get; } = new(
        "HOST[:PORT]",
        static () => "a host name or an IP address, with or without a port",
        (string text, out IReadOnlyList<ListenAddress> value) =>
        {
            var addresses = text.Split(',', StringSplitOptions.TrimEntries).Select(ListenAddress.Parse).ToList();
            value = addresses.OfType<ListenAddress>().ToList();
            return value.Count == addresses.Count;
        },
        value => string.Join(',', value));

    public static SettingKind<T> OneOf<T>(string valueName, params (string Name, T Value)[] choices) => new(
        valueName,
        () => $"one of {string.Join(", ", choices.Select(choice => choice.Name))}",
        (string text, out T value) =>
        {
            var found = Array.FindIndex(choices, choice => choice.Name == text);
            value = choices[Math.Max(found, 0)].Value;
            return found >= 0;
        },
        value => choices.First(choice => EqualityComparer<T>.Default.Equals(choice.Value, value)).Name)
    {
        Choices = [.. choices.Select(choice => choice.Name)],
    };

    private static SettingKind<string> NonEmpty(string valueName, string expectation) => new(
        valueName, () => expectation, (string text, out string value) => (value = text).Length > 0, value => value);

    private static SettingKind<TimeSpan> DurationUpTo(TimeSpan longest) => new(
        "TIME",
        () => $"a duration such as 500ms, 30s, 5m, 1h, 2d or a number of seconds, 1ms to {DurationText.Format(longest)}",
        (string text, out TimeSpan value) => DurationText.TryParse(text, out value)
            && value >= TimeSpan.FromMilliseconds(1) && value <= longest,
        DurationText.Format);

    private static string Show(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static bool TryParseWhole(string text, int least, int most, out int value) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= least && value <= most;
}
