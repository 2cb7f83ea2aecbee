namespace Snakepit.Bench;

/// <summary>The sidecar's sessions and handlers, served by Grpc.AspNetCore.</summary>
internal sealed class FrameworkContender(string program) : Contender("Grpc.AspNetCore", new BridgeDialect())
{
    public override string? Missing => File.Exists(program) ? null : "its packages could not be restored";

    public override async Task<MeasuredServer> StartAsync()
    {
        var (folder, remove) = NewFolder();
        return new MeasuredServer([("server", await ServerProcess.StartAsync(program, [folder]))], remove);
    }
}
