using Snakepit.Serving.Settings;
using Snakepit.Serving.Settings.Groups;

namespace Snakepit.Sidecar.Settings;

/// <summary>Everything that can be set on a sidecar, in the order of its help text.</summary>
internal static class ServeSettings
{
    public static Setting<string> Data { get; } = new(
        "data", SettingKinds.Path("FOLDER"), DataFolders.Default, "folder that keeps sessions and calculations; made if need be");

    public static Setting<bool> Memory { get; } = new(
        "memory", SettingKinds.Switch, false, "keep everything in memory: it ends with the process");

    public static IReadOnlyList<Setting> All { get; } =
    [
        .. ListenGroup.All, .. TlsGroup.All, .. AccessGroup.All, Data, Memory,
        .. SessionGroup.All, .. HostGroup.All, .. WatchGroup.All, .. CalculatorGroup.All, .. WorkerGroup.All, .. LimitGroup.All,
        .. AdminGroup.All, .. TelemetryGroup.All, .. LogGroup.All, .. ConfigGroup.All,
    ];
}
