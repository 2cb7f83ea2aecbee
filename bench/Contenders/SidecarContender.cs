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

    private async Task<MeasuredServer> StartAsync(string folder, Func<ValueTask> cleanUp)
    {
        var process = await ServerProcess.StartAsync(
            program, ["serve", "--port", "0", "--data", folder, "--log-level", "warning", .. settings]);
        return new MeasuredServer([("sidecar", process)], cleanUp);
    }
}
