namespace Snakepit.Tests.Interop;

/// <summary>Node and the packages in tests/Interop/node, which are installed once, where that is allowed.</summary>
internal static class Node
{
    /// <summary>Allows the tests to install what they use, as CI=true does.</summary>
    private const string InstallVariable = "SNAKEPIT_TESTS_INSTALL";

    private static readonly Lazy<Task<string>> Prepared = new(PrepareAsync);

    private static string Folder => SourceTree.Full("tests/Interop/node");

    private static bool MayInstall =>
        Environment.GetEnvironmentVariable("CI") == "true" || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(InstallVariable));

    /// <param name="script">Its name in tests/Interop/node.</param>
    /// <exception cref="ToolMissingException">Node or its packages are not here.</exception>
    public static async Task<ForeignProgram> ScriptAsync(string script) => new(await Prepared.Value, [Path.Combine(Folder, script)]);

    /// <summary>A command that one of the packages brings.</summary>
    /// <exception cref="ToolMissingException">Node or its packages are not here.</exception>
    public static async Task<ForeignProgram> PackagedAsync(string command, params string[] arguments) =>
        new(await Prepared.Value, [Path.Combine(Folder, "node_modules", ".bin", command), .. arguments]);

    private static async Task<string> PrepareAsync()
    {
        if (Commands.Find("node") is not { } node || Commands.Find("npm") is not { } npm)
        {
            throw new ToolMissingException("node and npm are not installed");
        }

        // npm writes this file last: a broken installation lacks it.
        if (File.Exists(Path.Combine(Folder, "node_modules", ".package-lock.json")))
        {
            return node;
        }

        if (!MayInstall)
        {
            throw new ToolMissingException($"tests/Interop/node has no node_modules (npm ci there, or {InstallVariable}=1)");
        }

        var installed = await new ForeignProgram(npm, ["ci", "--no-progress"]) { Folder = Folder }.RunAsync();
        return installed.ExitCode == 0
            ? node
            : throw new InvalidOperationException($"npm ci failed:\n{installed.Text}\n{installed.Error}");
    }
}
