namespace Snakepit.Tests.Contract.Support;

/// <summary>A server that asks who calls.</summary>
public sealed class ClosedServer : IAsyncDisposable
{
    private readonly List<BridgeClient> _clients = [];

    private ClosedServer(AccessFixture access, ServerUnderTest server) => (Access, Server) = (access, server);

    public AccessFixture Access { get; }

    public ServerUnderTest Server { get; }

    /// <param name="access">What its file says at first. Disposed of with the server.</param>
    /// <param name="settings">Other settings; null = the defaults.</param>
    public static async Task<ClosedServer> StartAsync(AccessFixture access, ServerSettings? settings = null) =>
        new(access, await ServerUnderTest.StartNewAsync((settings ?? ServerSettings.Default) with { Access = access.Path }));

    /// <summary>A client that shows this principal's token.</summary>
    public BridgeClient As(string principal) => Showing(AccessFixture.TokenOf(principal));

    /// <summary>A client that shows this token; null = none.</summary>
    public BridgeClient Showing(string? token)
    {
        var client = new BridgeClient(Server.Address, token: token);
        _clients.Add(client);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(client => client.Dispose());
        await Server.DisposeAsync();
        Access.Dispose();
    }
}
