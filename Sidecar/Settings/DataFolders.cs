namespace Snakepit.Sidecar.Settings;

/// <summary>Where data live when nobody says where.</summary>
internal static class DataFolders
{
    /// <summary>
    /// A folder of the user's own, as the XDG base directory specification names it; on other systems what
    /// takes its place there.
    /// </summary>
    public static string Default { get; } = Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify) is { Length: > 0 } folder
            ? folder
            : Path.GetTempPath(),
        "snakepit");
}
