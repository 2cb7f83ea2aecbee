using Snakepit.Tests.Postgres;

namespace Snakepit.Tests.Cluster.Processes;

/// <summary>
/// The one PostgreSQL of these tests, which writes to the disk as a real one does; each test has a database of its own.
/// One after another: a second cluster beside the first would only blur its times, and some stop the database.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class PostgresForProcesses : ICollectionFixture<PostgresForProcesses>, IAsyncLifetime
{
    public const string Name = "processes";

    private PostgresServer? _server;

    /// <summary>Skips the test where there is none.</summary>
    public PostgresServer Server
    {
        get
        {
            Assert.SkipUnless(PostgresServer.IsInstalled, PostgresServer.NotInstalled);
            return _server!;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (PostgresServer.IsInstalled)
        {
            _server = await PostgresServer.CreateAsync(fsync: true);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
