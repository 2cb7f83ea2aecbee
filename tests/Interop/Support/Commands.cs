namespace Snakepit.Tests.Interop;

/// <summary>Commands of this machine.</summary>
internal static class Commands
{
    /// <summary>The file that runs when the command is typed; null = there is none.</summary>
    public static string? Find(string command)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return folders.Select(folder => Path.Combine(folder, command)).FirstOrDefault(File.Exists);
    }
}
