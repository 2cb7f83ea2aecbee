using Microsoft.Extensions.Logging.Abstractions;
using Snakepit.Sidecar;
using Snakepit.Tests.Contract.Support;

namespace Snakepit.Tests.Contract;

/// <summary>A sidecar in the tests' process, over SQLite in a folder of its own, or over memory.</summary>
internal sealed class SidecarUnderTest(ServerSettings settings) : ServerUnderTest
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("snakepit-contract-");
    private SidecarServer? _server;

    public override string Address => $"127.0.0.1:{_server!.Port}";

    public override int AdminPort => _server!.AdminPort!.Value;

    public override async Task StartAsync() =>
        _server = await SidecarServer.StartAsync(EmbeddedOptions.Of(settings, _folder), NullLoggerFactory.Instance);

    public override Task StopAsync() => _server?.StopAsync(Grace) ?? Task.CompletedTask;

    public override async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }
}
