using Snakepit.Tests.Postgres;

namespace Snakepit.Tests.Cluster.Processes;

/// <summary>The database falls under load, and comes back.</summary>
[Collection(PostgresForProcesses.Name)]
public sealed class DatabaseTests(PostgresForProcesses postgres)
{
    private static readonly TimeSpan Down = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task A_fall_of_the_database_loses_nothing_and_applies_nothing_twice()
    {
        var server = postgres.Server;
        await using var cluster = await ProcessCluster.StartAsync(server);
        var load = await ClusterLoad.StartAsync(cluster);
        for (var round = 0; round < Rounds.Count; round++)
        {
            await load.AcknowledgedAsync(20);
            await server.StopAsync(PostgresStop.Immediate);
            try
            {
                await Task.Delay(Down, TestContext.Current.CancellationToken);
            }
            finally
            {
                await server.StartAsync();
            }

            (await load.RecoveredAsync("database back")).AssertInTime();
        }

        await load.AcknowledgedAsync(20);
        Assert.All(cluster.Silos.Concat(cluster.Gateways), member => Assert.False(member.Process.HasExited, $"{member.Name} ended"));
        await load.FinishAsync();
    }
}
