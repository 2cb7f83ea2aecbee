namespace Snakepit.Serving.Settings.Groups;

/// <summary>What holds a cluster together.</summary>
public static class ClusterGroup
{
    public static Setting<string> Database { get; } = new(
        "database", SettingKinds.Text("TEXT"), "", "connection string of the database that the cluster shares")
    {
        IsSecret = true,
    };

    public static IReadOnlyList<Setting> All { get; } = [Database];
}
