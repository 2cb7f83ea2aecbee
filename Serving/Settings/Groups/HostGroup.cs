using Snakepit.Storage.Hosting;

namespace Snakepit.Serving.Settings.Groups;

/// <summary>How sessions use the memory of the process and the store.</summary>
public static class HostGroup
{
    private static readonly HostPolicy Default = HostPolicy.Default;

    public static Setting<TimeSpan> Idle { get; } = new(
        "idle", SettingKinds.Duration, Default.IdleTime, "disuse after which a session leaves memory; it comes back with the next call");

    public static Setting<long> ReplayableChanges { get; } = new(
        "replayable-changes", SettingKinds.LargeCount, Default.ReplayableChanges, "newest changes of a session a watch can resume from");

    public static Setting<long> ReplayableBytes { get; } = new(
        "replayable-bytes", SettingKinds.LargeSize, Default.ReplayableBytes, "bytes that these may have, values included");

    public static Setting<TimeSpan> ReplayableAge { get; } = new(
        "replayable-age", SettingKinds.Duration, Default.ReplayableAge, "age beyond which a change need not be replayable");

    public static Setting<long> MaxSessions { get; } = new(
        "max-sessions", SettingKinds.LargeCount, Default.MaxSessions, "sessions stored at once");

    public static IReadOnlyList<Setting> All { get; } = [Idle, ReplayableChanges, ReplayableBytes, ReplayableAge, MaxSessions];

    public static HostPolicy PolicyFrom(SettingValues values) => Default with
    {
        IdleTime = values.Of(Idle),
        ReplayableChanges = values.Of(ReplayableChanges),
        ReplayableBytes = values.Of(ReplayableBytes),
        ReplayableAge = values.Of(ReplayableAge),
        MaxSessions = values.Of(MaxSessions),
    };
}
