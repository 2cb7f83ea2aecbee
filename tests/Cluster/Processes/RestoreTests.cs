using Snakepit.Tests.Robustness.Load;
using Snakepit.Tests.Robustness.Support;

namespace Snakepit.Tests.Cluster.Processes;

/// <summary>A drill: PostgreSQL is copied under load, lost with its disk, and started on the copy.</summary>
[Collection(PostgresForProcesses.Name)]
public sealed class RestoreTests(PostgresForProcesses postgres)
{
    [Fact]
    public async Task No_lost_revision_returns_when_the_database_is_brought_back_from_an_older_copy()
    {
        var server = postgres.Server;
        await using var cluster = await ProcessCluster.StartAsync(server);
        var load = await ClusterLoad.StartAsync(cluster);
        await load.AcknowledgedAsync(20);
        var before = await load.RevisionsAsync();
        var copy = await server.BackUpAsync();
        var after = await load.RevisionsAsync();
        await load.AcknowledgedAsync(20);
        var lost = await load.FinishAsync();
        await Task.WhenAll(cluster.Silos.Concat(cluster.Gateways).Select(member => member.KillAsync()));
        await server.RestoreAsync(copy);

        var raised = await SnakepitCommand.RunAsync([("SNAKEPIT_DATABASE", cluster.Database)], "raise-revisions", "--cluster");
        Assert.Equal(lost.Count, raised.GetProperty("sessions").GetInt32());
        await Task.WhenAll(cluster.Silos.Concat(cluster.Gateways).Select(member => member.StartAsync()));
        foreach (var (session, history) in lost)
        {
            await new ClusterClient(cluster, 0).CallAsync(
                client => new RestoredSession(session, history).CheckAsync(client, before[session], after[session], history.End));
        }

        var anew = await new ClusterClient(cluster, 1).CallAsync(client => client.RegisterAsync("made after the copy", "x"));
        Assert.Equal(raised.GetProperty("revision").GetInt64() + 1, anew.Revision);
    }
}
