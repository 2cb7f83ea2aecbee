namespace Snakepit.Tests.Contract.Support;

/// <summary>The server with the defaults that all tests share which need none of their own.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    private ServerUnderTest? _server;

    public BridgeClient Client { get; private set; } = null!;

    public string Address => _server!.Address;

    public async ValueTask InitializeAsync()
    {
        _server = await ServerUnderTest.StartNewAsync();
        Client = new BridgeClient(_server.Address);
    }

    /// <summary>A session that nobody has made yet.</summary>
    public SessionClient NewSession() => Client.NewSession();

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
