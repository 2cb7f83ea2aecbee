using Snakepit.Serving.Settings;
using Snakepit.Serving.Settings.Groups;
using Snakepit.Sidecar.Settings;

namespace Snakepit.Sidecar.Data;

/// <summary>What the commands that work on a store itself can be told: where it is, as its servers are told.</summary>
internal static class StoreSettings
{
    public static IReadOnlyList<Setting> All { get; } =
        [ServeSettings.Data, ClusterGroup.Database, ClusterGroup.Schema, .. ConfigGroup.All];

    /// <summary>The same where it can only be a data folder.</summary>
    public static IReadOnlyList<Setting> Folder { get; } = [ServeSettings.Data, .. ConfigGroup.All];
}
