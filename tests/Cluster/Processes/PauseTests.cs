using Snakepit.Protocol.Bridge;
using Snakepit.Tests.Robustness.Load;
using Snakepit.Tests.Robustness.Support;

namespace Snakepit.Tests.Cluster.Processes;

/// <summary>A silo stands still for longer than the others wait for it, and wakes when its sessions live elsewhere.</summary>
[Collection(PostgresForProcesses.Name)]
public sealed class PauseTests(PostgresForProcesses postgres)
{
    private const int ShortLived = 10;

    /// <summary>Longer than sessions can be out of reach, and than their time to live: so the sleeper wakes and thinks that they have expired.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan BetweenHeartbeats = TimeSpan.FromMilliseconds(500);

    [Fact]
    public async Task A_silo_that_slept_through_its_replacement_writes_nothing_and_ends_no_session()
    {
        // The sleeper is the first and so the owner of every session.
        await using var cluster = await ProcessCluster.StartAsync(postgres.Server, silos: 1);
        var load = await ClusterLoad.StartAsync(cluster);
        var stop = new TaskCompletionSource();
        var kept = Task.WhenAll(Enumerable.Range(0, ShortLived).Select(number => Task.Run(() => KeepAsync(cluster, $"short-lived {number}", stop.Task))));
        await cluster.Silos[1].StartAsync();
        await load.AcknowledgedAsync(20);

        var sleeper = cluster.Silos[0].Process;
        sleeper.Send(Signal.Stop);
        var paused = Task.Delay(Pause, TestContext.Current.CancellationToken);
        (await load.RecoveredAsync("silo 0 asleep")).AssertInTime();
        await paused;
        sleeper.Send(Signal.Continue);
        (await load.RecoveredAsync("silo 0 awake")).AssertInTime();

        // The others took it for dead, so it may be no part of the cluster any more; whoever watches over it starts another.
        Assert.NotEqual(0, await sleeper.ExitAsync());
        await cluster.Silos[0].StartAsync();
        await load.AcknowledgedAsync(20);
        stop.SetResult();
        await kept;
        await load.FinishAsync();
        Assert.Equal(0, load.WatchesEnded);
    }

    /// <summary>Uses a session again and again, which must not end meanwhile.</summary>
    private static async Task KeepAsync(ProcessCluster cluster, string session, Task stop)
    {
        var client = new ClusterClient(cluster, first: 0);
        var initialize = new InitializeSessionRequest { SessionId = session, Config = new SessionConfig { TtlSeconds = (int)Ttl.TotalSeconds } };
        await client.CallAsync(server => server.CallAsync<InitializeSessionResponse>("InitializeSession", initialize));
        while (!stop.IsCompleted)
        {
            var heartbeat = new HeartbeatRequest { SessionId = session };
            var answer = await client.CallAsync(server => server.CallAsync<HeartbeatResponse>("Heartbeat", heartbeat));
            Assert.True(answer.SessionValid, $"{session} has ended");
            await Task.WhenAny(stop, Task.Delay(BetweenHeartbeats));
        }
    }
}
