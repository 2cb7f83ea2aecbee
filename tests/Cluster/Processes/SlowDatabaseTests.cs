using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Tests.Cluster.Processes;

/// <summary>The database answers late, or not at all, and nobody is told why: no connection breaks.</summary>
[Collection(PostgresForProcesses.Name)]
public sealed class SlowDatabaseTests(PostgresForProcesses postgres)
{
    private const int Crowd = 500;

    /// <summary>Of each statement; a commit has some.</summary>
    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Silent = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_database_that_takes_its_time_for_each_statement_slows_everything_down_and_loses_nothing()
    {
        await using var way = Relay.Start(IPAddress.Loopback, postgres.Server.Port);
        await using var cluster = await ProcessCluster.StartAsync(postgres.Server, way: way);
        var load = await ClusterLoad.StartAsync(cluster);
        await load.AcknowledgedAsync(20);
        way.Delay = Slow;
        await load.AcknowledgedAsync(20);
        way.Delay = TimeSpan.Zero;
        await load.RecoveredAsync("the database is quick again");
        await load.AcknowledgedAsync(20);
        await load.FinishAsync();
    }

    [Fact]
    public async Task While_a_database_is_silent_commands_wait_for_so_long_and_are_then_told_so_and_nothing_is_lost()
    {
        await using var way = Relay.Start(IPAddress.Loopback, postgres.Server.Port);
        await using var cluster = await ProcessCluster.StartAsync(postgres.Server, way: way);
        var load = await ClusterLoad.StartAsync(cluster);
        await load.AcknowledgedAsync(20);
        var client = cluster.Gateways[0].Process.Client;
        await client.RegisterAsync("crowded", "x");

        way.Cut();
        var silent = Task.Delay(Silent, TestContext.Current.CancellationToken);
        var answers = new ConcurrentBag<RpcCode>();
        var since = Stopwatch.GetTimestamp();
        var crowd = Task.WhenAll(Enumerable.Range(0, Crowd).Select(async number =>
        {
            try
            {
                await client.SetAsync("crowded", "x", $"{number}");
                answers.Add(RpcCode.Ok);
            }
            catch (RpcException failure)
            {
                answers.Add(failure.Status.Code);
            }
        }));
        await silent;
        way.Heal();
        await load.RecoveredAsync("the database answers again");
        await crowd;
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"a crowd of {Crowd} within {Stopwatch.GetElapsedTime(since).TotalSeconds:0.0} s: "
            + string.Join(", ", answers.GroupBy(code => code).Select(same => $"{same.Key} {same.Count()}")));

        // None waits without end, and none is told of a bug: what became of a call that is not answered OK is unknown.
        Assert.Equal([], answers.Where(code => code is not (RpcCode.Ok or RpcCode.Unavailable or RpcCode.ResourceExhausted)));
        await load.AcknowledgedAsync(20);
        Assert.All(cluster.Silos.Concat(cluster.Gateways), member => Assert.False(member.Process.HasExited, $"{member.Name} ended"));
        await load.FinishAsync();
    }
}
