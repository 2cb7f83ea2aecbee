namespace Snakepit.Tests;

/// <summary>The repository this test was built from: its pages and foreign programs are read and run where they lie.</summary>
internal static class SourceTree
{
    private static readonly string Root = Find();

    /// <param name="path">A path in the repository.</param>
    public static string Full(string path) => Path.Combine(Root, path);

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Snakepit.slnf")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"{AppContext.BaseDirectory} lies in no copy of the repository.");
    }
}
