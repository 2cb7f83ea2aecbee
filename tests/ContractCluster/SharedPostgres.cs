using Snakepit.Tests.Postgres;

namespace Snakepit.Tests.Contract;

/// <summary>The one PostgreSQL of the suite, started by the first who needs it. Ends with the process, after all servers of the tests.</summary>
internal static class SharedPostgres
{
    private static readonly Lazy<Task<PostgresServer>> Server = new(StartAsync);

    public static async Task<string> ConnectionStringAsync() => (await Server.Value).ConnectionString();

    private static async Task<PostgresServer> StartAsync()
    {
        var server = await PostgresServer.CreateAsync();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.DisposeAsync().AsTask().Wait();
        return server;
    }
}
