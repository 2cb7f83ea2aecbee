using Snakepit.Sessions;

namespace Snakepit.Serving.Settings.Groups;

/// <summary>What holds for a session that says nothing else itself. Whoever keeps sessions has these, and the limits.</summary>
public static class SessionGroup
{
    public static Setting<TimeSpan> Ttl { get; } = new(
        "ttl", SettingKinds.Duration, SessionSettings.Default.Ttl, "disuse after which a session ends, unless it says itself");

    public static Setting<int> HistoryLimit { get; } = new(
        "history-limit", SettingKinds.Count, SessionSettings.Default.HistoryLimit,
        "versions kept of a variable, unless the session says itself");

    public static IReadOnlyList<Setting> All { get; } = [Ttl, HistoryLimit];

    /// <summary>With the limits of <see cref="LimitGroup"/>.</summary>
    public static SessionSettings SettingsFrom(SettingValues values) => new()
    {
        Ttl = values.Of(Ttl),
        HistoryLimit = values.Of(HistoryLimit),
        Limits = LimitGroup.LimitsFrom(values),
    };
}
