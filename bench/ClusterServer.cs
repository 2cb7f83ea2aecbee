using Snakepit.Tests.Postgres;

namespace Snakepit.Bench;

/// <summary>One silo and one gateway, and a PostgreSQL that goes with them: its processor time is not theirs.</summary>
internal sealed class ClusterServer : MeasuredServer
{
    private readonly PostgresServer _postgres;
    private readonly ServerProcess _silo;
    private readonly ServerProcess _gateway;

    private ClusterServer(PostgresServer postgres, ServerProcess silo, ServerProcess gateway)
    {
        _postgres = postgres;
        _silo = silo;
        _gateway = gateway;
        Parts = [("silo", silo), ("gateway", gateway)];
    }

    public override int Port => _gateway.Port;

    public override TimeSpan StartTime => _silo.StartTime + _gateway.StartTime;

    public override IReadOnlyList<(string Name, ServerProcess Process)> Parts { get; }

    /// <param name="folder">Has the published silo and gateway, in folders of these names.</param>
    public static async Task<ClusterServer> StartAsync(string folder)
    {
        var postgres = await PostgresServer.CreateAsync(fsync: true);
        var database = ("SNAKEPIT_DATABASE", postgres.ConnectionString());
        var silo = await ServerProcess.StartAsync(
            Path.Combine(folder, "silo", "snakepit-silo"),
            ["--silo-port", "0", "--client-port", "0", "--log-level", "warning"],
            database);
        var gateway = await ServerProcess.StartAsync(
            Path.Combine(folder, "gateway", "snakepit-gateway"), ["--port", "0", "--log-level", "warning"], database);
        return new ClusterServer(postgres, silo, gateway);
    }

    public override async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _silo.DisposeAsync();
        await _postgres.DisposeAsync();
    }
}
