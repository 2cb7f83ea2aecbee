using Snakepit.WebConsole;

namespace Snakepit.Tests.Interop;

/// <summary>Node and the packages that the tests bring for it, which are installed once, where that is allowed.</summary>
internal static class Node
{
    /// <summary>Allows the tests to install what they use, as CI=true does.</summary>
    private const string InstallVariable = "SNAKEPIT_TESTS_INSTALL";

    private const string ClientFolder = "tests/Interop/node";
    private const string BrowserFolder = "tests/Console";

    private static readonly Lazy<Task<string>> Clients = new(() => PrepareAsync(ClientFolder));
    private static readonly Lazy<Task<string>> Browser = new(() => PrepareAsync(BrowserFolder));

    private static bool MayInstall =>
        Environment.GetEnvironmentVariable("CI") == "true" || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(InstallVariable));

    /// <param name="script">Its name in tests/Interop/node.</param>
    /// <exception cref="ToolMissingException">Node or its packages are not here.</exception>
    public static async Task<ForeignProgram> ScriptAsync(string script) =>
        new(await Clients.Value, [SourceTree.Full($"{ClientFolder}/{script}")]);

    /// <summary>One that runs Chromium.</summary>
    /// <param name="script">Its name in tests/Console.</param>
    /// <param name="arguments">What it is given.</param>
    /// <exception cref="ToolMissingException">Node, its packages, Chromium or the console are not here.</exception>
    public static async Task<ForeignProgram> BrowserScriptAsync(string script, params IEnumerable<string> arguments)
    {
        if (Commands.Find("chromium") is null)
        {
            throw new ToolMissingException("chromium is not installed");
        }

        var node = await Browser.Value;
        return ConsoleFiles.AreBuilt
            ? new(node, [SourceTree.Full($"{BrowserFolder}/{script}"), .. arguments])
            : throw new ToolMissingException("this build has no console: npm, or its registry, could not be reached");
    }

    /// <summary>A command that one of the packages brings.</summary>
    /// <exception cref="ToolMissingException">Node or its packages are not here.</exception>
    public static async Task<ForeignProgram> PackagedAsync(string command, params string[] arguments) =>
        new(await Clients.Value, [Path.Combine(SourceTree.Full(ClientFolder), "node_modules", ".bin", command), .. arguments]);

    private static async Task<string> PrepareAsync(string place)
    {
        var folder = SourceTree.Full(place);
        if (Commands.Find("node") is not { } node || Commands.Find("npm") is not { } npm)
        {
            throw new ToolMissingException("node and npm are not installed");
        }

        // npm writes this file last: a broken installation lacks it.
        if (File.Exists(Path.Combine(folder, "node_modules", ".package-lock.json")))
        {
            return node;
        }

        if (!MayInstall)
        {
            throw new ToolMissingException($"{place} has no node_modules (npm ci there, or {InstallVariable}=1)");
        }

        var installed = await new ForeignProgram(npm, ["ci", "--no-progress"]) { Folder = folder }.RunAsync();
        return installed.ExitCode == 0
            ? node
            : throw new InvalidOperationException($"npm ci failed:\n{installed.Text}\n{installed.Error}");
    }
}
