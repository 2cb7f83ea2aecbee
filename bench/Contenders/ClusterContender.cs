using Snakepit.Tests.Postgres;

namespace Snakepit.Bench;

/// <summary>One silo and one gateway, and a PostgreSQL that goes with them: its processor time is not theirs.</summary>
/// <param name="folder">Has the published silo and gateway, in folders of these names.</param>
internal sealed class ClusterContender(string folder) : Contender("cluster", new BridgeDialect())
{
    public override string? Missing => !Directory.Exists(Path.Combine(folder, "silo"))
        ? "its packages could not be restored"
        : PostgresServer.IsInstalled ? null : PostgresServer.NotInstalled;

    public override async Task<MeasuredServer> StartAsync()
    {
        var postgres = await PostgresServer.CreateAsync(fsync: true);
        var database = ("SNAKEPIT_DATABASE", postgres.ConnectionString());
        var silo = await ServerProcess.StartAsync(
            Path.Combine(folder, "silo", "snakepit-silo"),
            ["--silo-port", "0", "--client-port", "0", "--log-level", "warning"],
            database);
        var gateway = await ServerProcess.StartAsync(
            Path.Combine(folder, "gateway", "snakepit-gateway"), ["--port", "0", "--log-level", "warning"], database);
        return new MeasuredServer([("silo", silo), ("gateway", gateway)], postgres.DisposeAsync);
    }
}
