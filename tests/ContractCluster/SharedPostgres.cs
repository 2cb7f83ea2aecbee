using Snakepit.Tests.Contract;
using Snakepit.Tests.Postgres;

[assembly: AssemblyFixture(typeof(SharedPostgres))]

namespace Snakepit.Tests.Contract;

/// <summary>The one PostgreSQL of the suite, started by the first who needs it.</summary>
public sealed class SharedPostgres : IAsyncDisposable
{
    private static readonly Lazy<Task<PostgresServer>> Server = new(() => PostgresServer.CreateAsync());

    public static async Task<string> ConnectionStringAsync() => (await Server.Value).ConnectionString();

    public async ValueTask DisposeAsync()
    {
        if (Server.IsValueCreated)
        {
            await (await Server.Value).DisposeAsync();
        }
    }
}
