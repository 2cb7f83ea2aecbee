namespace Snakepit.Tests.Interop;

/// <summary>One sidecar for all tests of a class.</summary>
public sealed class SharedSidecar : IAsyncLifetime
{
    private SidecarProcess? _process;

    public string Target => _process!.Target;

    public async ValueTask InitializeAsync() => _process = await SidecarProcess.StartAsync();

    public ValueTask DisposeAsync() => _process!.DisposeAsync();
}
