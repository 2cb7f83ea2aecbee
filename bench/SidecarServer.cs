namespace Snakepit.Bench;

/// <summary>A sidecar with a data folder that goes with it.</summary>
internal sealed class SidecarServer : MeasuredServer
{
    private readonly ServerProcess _process;
    private readonly string _folder;

    private SidecarServer(ServerProcess process, string folder)
    {
        _process = process;
        _folder = folder;
        Parts = [("sidecar", process)];
    }

    public override int Port => _process.Port;

    public override TimeSpan StartTime => _process.StartTime;

    public override IReadOnlyList<(string Name, ServerProcess Process)> Parts { get; }

    public static async Task<SidecarServer> StartAsync(string program)
    {
        var folder = Directory.CreateTempSubdirectory("snakepit-bench-").FullName;
        var process = await ServerProcess.StartAsync(
            program, ["serve", "--port", "0", "--data", folder, "--log-level", "warning"]);
        return new SidecarServer(process, folder);
    }

    public override async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
