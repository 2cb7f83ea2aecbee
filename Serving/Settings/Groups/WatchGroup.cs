using Snakepit.Bridge.Watching;

namespace Snakepit.Serving.Settings.Groups;

/// <summary>How the watches of the process behave.</summary>
public static class WatchGroup
{
    private static readonly WatchSettings Default = WatchSettings.Default;

    public static Setting<TimeSpan> Heartbeat { get; } = new(
        "heartbeat", SettingKinds.Interval, Default.Heartbeat, "silence after which a watch sends a heartbeat");

    public static Setting<int> MaxWatchers { get; } = new(
        "max-watchers", SettingKinds.Count, Default.MaxWatchers, "watches open at once");

    public static IReadOnlyList<Setting> All { get; } = [Heartbeat, MaxWatchers];

    public static WatchSettings SettingsFrom(SettingValues values) => Default with
    {
        Heartbeat = values.Of(Heartbeat),
        MaxWatchers = values.Of(MaxWatchers),
    };
}
