namespace Snakepit.Tests.Cluster.Processes;

/// <summary>Another version is rolled out under load: each process is told to end, and one more comes in its place.</summary>
[Collection(PostgresForProcesses.Name)]
public sealed class RollingRestartTests(PostgresForProcesses postgres)
{
    [Fact]
    public async Task Silos_are_replaced_without_one_failed_call()
    {
        await using var cluster = await ProcessCluster.StartAsync(postgres.Server);
        var load = await ClusterLoad.StartAsync(cluster);
        for (var round = 0; round < Rounds.Count; round++)
        {
            foreach (var silo in cluster.Silos)
            {
                await ReplaceAsync(silo, load);
                Assert.Empty(cluster.Failures);
            }
        }

        await load.FinishAsync();
    }

    [Fact]
    public async Task Gateways_are_replaced_and_only_calls_to_the_one_that_drains_fail()
    {
        await using var cluster = await ProcessCluster.StartAsync(postgres.Server);
        var load = await ClusterLoad.StartAsync(cluster);
        for (var round = 0; round < Rounds.Count; round++)
        {
            foreach (var gateway in cluster.Gateways)
            {
                var before = cluster.Failures.Count;
                await ReplaceAsync(gateway, load);
                Assert.NotEqual(before, cluster.Failures.Count);
                Assert.All(cluster.Failures.Skip(before), failed => Assert.Same(gateway, failed.Gateway));
            }
        }

        await load.FinishAsync();
    }

    private static async Task ReplaceAsync(Member member, ClusterLoad load)
    {
        await load.AcknowledgedAsync(20);
        var recovered = load.RecoveredAsync($"{member.Name} told to end");
        await member.StopAsync();
        (await recovered).AssertInTime();
        (await load.RecoveredAsync($"{member.Name} gone")).AssertInTime();
        await member.StartAsync();
        await load.AcknowledgedAsync(20);
    }
}
