namespace Snakepit.Tests.Contract.Support;

/// <summary>
/// A server that the suite is run against. The tests know nothing of it but this and its address; another way
/// to run the product is tested by a project with another <see cref="ServerKind"/>.
/// </summary>
public abstract class ServerUnderTest : IAsyncDisposable
{
    /// <summary>`HOST:PORT`; another one after a restart.</summary>
    public abstract string Address { get; }

    /// <summary>The admin port of what serves the address.</summary>
    public abstract int AdminPort { get; }

    /// <summary>A server with these settings that has started.</summary>
    public static async Task<ServerUnderTest> StartNewAsync(ServerSettings? settings = null)
    {
        var server = ServerKind.New(settings ?? ServerSettings.Default);
        try
        {
            await server.StartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it, on what it held before if it ran before and is durable.</summary>
    public abstract Task StartAsync();

    /// <summary>Lets it drain and end. Returns when it has ended.</summary>
    public abstract Task StopAsync();

    /// <summary>Ends it if need be and lets go of what it held.</summary>
    public abstract ValueTask DisposeAsync();

    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }
}
