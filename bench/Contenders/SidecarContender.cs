namespace Snakepit.Bench;

/// <summary>A sidecar over SQLite, a reply means stored.</summary>
/// <param name="program">The `snakepit` executable or .dll.</param>
/// <param name="settings">More of its options.</param>
internal sealed class SidecarContender(string program, params string[] settings) : Contender("sidecar", new BridgeDialect())
{
    public override async Task<MeasuredServer> StartAsync()
    {
        var (folder, remove) = NewFolder();
        return await StartAsync(folder, remove);
    }

    /// <summary>One that finds what is in a folder.</summary>
    public Task<MeasuredServer> StartAsync(string folder) => StartAsync(folder, static () => ValueTask.CompletedTask);

    /// <summary>One with more options yet, and a variable of the environment.</summary>
    public Task<MeasuredServer> StartWithAsync((string Name, string Value) environment, params string[] more)
    {
        var (folder, remove) = NewFolder();
        return StartAsync(folder, remove, [environment], more);
    }

    private Task<MeasuredServer> StartAsync(string folder, Func<ValueTask> cleanUp) => StartAsync(folder, cleanUp, [], []);

    private async Task<MeasuredServer> StartAsync(
        string folder, Func<ValueTask> cleanUp, (string Name, string Value)[] environment, string[] more)
    {
        var process = await ServerProcess.StartAsync(
            program, ["serve", "--port", "0", "--data", folder, "--log-level", "warning", .. settings, .. more], environment);
        return new MeasuredServer([("sidecar", process)], cleanUp);
    }
}
