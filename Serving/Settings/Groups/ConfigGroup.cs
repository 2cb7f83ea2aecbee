namespace Snakepit.Serving.Settings.Groups;

/// <summary>Where else settings stand.</summary>
public static class ConfigGroup
{
    public static Setting<string> Config { get; } = new(
        "config", SettingKinds.Path("FILE"), "",
        "JSON file of settings, keys named as these options, without the dashes; "
        + $"without it the object {ConfigFile.Section} in ./{ConfigFile.CommonName}, if there is one")
    {
        IsInFile = false,
    };

    public static IReadOnlyList<Setting> All { get; } = [Config];
}
