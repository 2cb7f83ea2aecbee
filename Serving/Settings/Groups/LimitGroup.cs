using Snakepit.Sessions;

namespace Snakepit.Serving.Settings.Groups;

/// <summary>What a request may ask of a session. Checked where calls are taken and where sessions are kept.</summary>
public static class LimitGroup
{
    private static readonly SessionLimits Default = SessionLimits.Default;

    public static Setting<int> MaxVariables { get; } = new(
        "max-variables", SettingKinds.Count, Default.MaxVariables, "variables in a session");

    public static Setting<int> MaxNameBytes { get; } = new(
        "max-name-bytes", SettingKinds.Size, Default.MaxNameBytes, "length of a session id or a name");

    public static Setting<int> MaxValueBytes { get; } = new(
        "max-value-bytes", SettingKinds.Size, Default.MaxValueBytes, "size of one value");

    public static Setting<int> MaxBatch { get; } = new(
        "max-batch", SettingKinds.Count, Default.MaxBatch, "items of a batch, identifiers of a watch");

    public static Setting<int> MaxMetadataEntries { get; } = new(
        "max-metadata-entries", SettingKinds.Count, Default.MaxMetadataEntries, "entries of one metadata map");

    public static Setting<int> MaxMetadataBytes { get; } = new(
        "max-metadata-bytes", SettingKinds.Size, Default.MaxMetadataBytes, "size of one metadata map");

    public static IReadOnlyList<Setting> All { get; } =
        [MaxVariables, MaxNameBytes, MaxValueBytes, MaxBatch, MaxMetadataEntries, MaxMetadataBytes];

    public static SessionLimits LimitsFrom(SettingValues values) => Default with
    {
        MaxVariables = values.Of(MaxVariables),
        MaxNameBytes = values.Of(MaxNameBytes),
        MaxValueBytes = values.Of(MaxValueBytes),
        MaxBatch = values.Of(MaxBatch),
        MaxMetadataEntries = values.Of(MaxMetadataEntries),
        MaxMetadataBytes = values.Of(MaxMetadataBytes),
    };
}
