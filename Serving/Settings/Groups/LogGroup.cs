using Microsoft.Extensions.Logging;
using Snakepit.Serving.Logging;

namespace Snakepit.Serving.Settings.Groups;

/// <summary>What is logged, and how it looks.</summary>
public static class LogGroup
{
    public static Setting<LogFormat> Format { get; } = new(
        "log-format", SettingKinds.OneOf("text|json", ("text", LogFormat.Text), ("json", LogFormat.Json)),
        LogFormat.Text, "shape of the log on stderr");

    public static Setting<LogLevel> Level { get; } = new(
        "log-level",
        SettingKinds.OneOf(
            "LEVEL",
            ("trace", LogLevel.Trace),
            ("debug", LogLevel.Debug),
            ("info", LogLevel.Information),
            ("warning", LogLevel.Warning),
            ("error", LogLevel.Error),
            ("none", LogLevel.None)),
        LogLevel.Information,
        "least level that is logged: trace, debug, info, warning, error or none");

    public static IReadOnlyList<Setting> All { get; } = [Format, Level];
}
