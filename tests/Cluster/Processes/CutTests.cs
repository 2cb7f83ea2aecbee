namespace Snakepit.Tests.Cluster.Processes;

/// <summary>Two parts of a cluster do not reach each other any more, and reach everyone else; and then they do again.</summary>
[Collection(PostgresForProcesses.Name)]
public sealed class CutTests(PostgresForProcesses postgres)
{
    /// <summary>Longer than anyone waits for an answer, and than it takes to be taken for dead.</summary>
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_gateway_that_is_cut_off_from_a_silo_loses_nothing_and_its_clients_are_served_by_the_other()
    {
        await using var network = await CutNetwork.CreateAsync(namespaces: 2);
        await using var way = Relay.Start(network.Database, postgres.Server.Port);
        var (gateway, silo) = (network[0], network[1]);
        await using var cluster = await ProcessCluster.StartAsync(
            postgres.Server, way: way, places: new Places([network.Bridge, silo], [network.Bridge, gateway]));
        var load = await ClusterLoad.StartAsync(cluster);
        await load.AcknowledgedAsync(20);

        // The silo still answers on the connection that is cut: what it owns the gateway gives up after 20 s.
        await CutNetwork.CutAsync(gateway, silo);
        var cut = Task.Delay(Long, TestContext.Current.CancellationToken);
        await load.RecoveredAsync("gateway 1 and silo 1 cut apart");
        await cut;
        await load.AcknowledgedAsync(20);
        Assert.All(cluster.Failures, failed => Assert.Same(cluster.Gateways[1], failed.Gateway));
        await CutNetwork.HealAsync(gateway, silo);
        await load.RecoveredAsync("gateway 1 and silo 1 together again");
        await load.AcknowledgedAsync(20);
        Assert.All(cluster.Silos.Concat(cluster.Gateways), member => Assert.False(member.Process.HasExited, $"{member.Name} ended"));
        await load.FinishAsync();
    }

    [Fact]
    public async Task A_silo_that_is_cut_off_from_the_database_loses_nothing_and_its_sessions_answer_when_it_is_back()
    {
        await using var network = await CutNetwork.CreateAsync(namespaces: 1);
        await using var way = Relay.Start(network.Database, postgres.Server.Port);
        await using var cluster = await ProcessCluster.StartAsync(
            postgres.Server, way: way, places: new Places([network.Bridge, network[0]], [network.Bridge, network.Bridge]));
        var load = await ClusterLoad.StartAsync(cluster);
        await load.AcknowledgedAsync(20);

        await CutNetwork.LoseAsync(network[0], network.Database);
        await Task.Delay(Long, TestContext.Current.CancellationToken);
        await CutNetwork.FindAsync(network[0], network.Database);
        await load.RecoveredAsync("silo 1 and the database together again");
        await load.AcknowledgedAsync(20);
        await load.FinishAsync();
    }
}
