using System.Diagnostics;

namespace Snakepit.Tests.Cluster.Processes;

/// <summary>kill -9 under load, of one process of a cluster after another.</summary>
[Collection(PostgresForProcesses.Name)]
public sealed class CrashTests(PostgresForProcesses postgres)
{
    [Fact]
    public async Task A_killed_silo_loses_nothing_and_its_sessions_answer_again_in_seconds()
    {
        await using var cluster = await ProcessCluster.StartAsync(postgres.Server);
        var load = await ClusterLoad.StartAsync(cluster);
        for (var round = 0; round < Rounds.Count; round++)
        {
            foreach (var silo in cluster.Silos)
            {
                await load.AcknowledgedAsync(20);
                await silo.KillAsync();
                (await load.RecoveredAsync($"{silo.Name} killed")).AssertInTime();
                await silo.StartAsync();
            }
        }

        await load.AcknowledgedAsync(20);
        await load.FinishAsync();
        Assert.Equal(0, load.WatchesEnded);
    }

    [Fact]
    public async Task A_killed_gateway_loses_nothing_and_its_clients_go_on_at_the_other()
    {
        await using var cluster = await ProcessCluster.StartAsync(postgres.Server);
        var load = await ClusterLoad.StartAsync(cluster);
        for (var round = 0; round < Rounds.Count; round++)
        {
            foreach (var gateway in cluster.Gateways)
            {
                await load.AcknowledgedAsync(20);
                var before = cluster.Failures.Count;
                await gateway.KillAsync();
                (await load.RecoveredAsync($"{gateway.Name} killed")).AssertInTime();
                Assert.All(cluster.Failures.Skip(before), failed => Assert.Same(gateway, failed.Gateway));
                await gateway.StartAsync();
            }
        }

        await load.AcknowledgedAsync(20);
        await load.FinishAsync();
        Assert.NotEqual(0, load.WatchesEnded);
    }

    [Fact]
    public async Task A_cluster_whose_silos_were_all_killed_comes_up_again_with_everything()
    {
        await using var cluster = await ProcessCluster.StartAsync(postgres.Server);
        var load = await ClusterLoad.StartAsync(cluster);
        for (var round = 0; round < Rounds.Count; round++)
        {
            await load.AcknowledgedAsync(20);
            await Task.WhenAll(cluster.Silos.Select(silo => silo.KillAsync()));
            var since = Stopwatch.GetTimestamp();
            await Task.WhenAll(cluster.Silos.Select(silo => silo.StartAsync()));
            (await load.RecoveredAsync($"all silos killed, and started within {Stopwatch.GetElapsedTime(since).TotalSeconds:0.0} s")).AssertInTime();
        }

        await load.AcknowledgedAsync(20);
        await load.FinishAsync();
    }
}
