using System.Diagnostics;
using Snakepit.Tests.Robustness.Load;
using Snakepit.Tests.Robustness.Validation;

namespace Snakepit.Tests.Cluster.Processes;

/// <summary>Ten sessions under load, each with two writers and five watchers, half of all on either gateway.</summary>
internal sealed class ClusterLoad
{
    private const int Sessions = 10;
    private const int WritersPerSession = 2;

    // What is looked for is loss, not the limit of the machine.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    // docs/guarantees.md: where a session has two owners.
    private static readonly TimeSpan ReadsMayLag = TimeSpan.FromSeconds(5);

    private readonly ProcessCluster _cluster;
    private readonly IReadOnlyList<SessionLoad> _loads;

    private ClusterLoad(ProcessCluster cluster, IReadOnlyList<SessionLoad> loads) => (_cluster, _loads) = (cluster, loads);

    /// <summary>How many streams had to be opened anew.</summary>
    public int WatchesEnded => _loads.Sum(load => load.Watchers.Sum(watcher => watcher.Ends.Count));

    public static async Task<ClusterLoad> StartAsync(ProcessCluster cluster)
    {
        var clients = -1;
        ClusterClient NewClient() => new(cluster, Interlocked.Increment(ref clients) % cluster.Gateways.Count);
        var loads = Enumerable.Range(0, Sessions)
            .Select(number => SessionLoad.StartAsync($"load {number}", NewClient, WritersPerSession, Pause));
        return new ClusterLoad(cluster, await Task.WhenAll(loads));
    }

    /// <summary>Ends when in each session that many more writes were acknowledged; throws if one of the clients has failed.</summary>
    public Task AcknowledgedAsync(int more) => Task.WhenAll(_loads.Select(load => load.AcknowledgedAsync(more)));

    /// <summary>Ends when each session has answered a read and a write that were begun after the call; tells how long that took.</summary>
    /// <param name="what">What has befallen the cluster.</param>
    public async Task<Recovery> RecoveredAsync(string what)
    {
        var since = Stopwatch.GetTimestamp();
        var reads = _loads.Select((load, number) => new ClusterClient(_cluster, number % _cluster.Gateways.Count)
            .CallAsync(client => client.GetAsync(load.Session, Writer.Variables[0])));
        var writes = _loads.Select(load => load.AnsweredAgainAsync());
        var times = await Task.WhenAll(reads.Concat(writes).Select(async answer =>
        {
            await answer;
            return Stopwatch.GetElapsedTime(since);
        }));
        return Recovery.Note(what, times[..Sessions], times[Sessions..]);
    }

    /// <summary>By session, the revision that it has now.</summary>
    public async Task<IReadOnlyDictionary<string, long>> RevisionsAsync()
    {
        var revisions = new Dictionary<string, long>();
        foreach (var load in _loads)
        {
            var description = await new ClusterClient(_cluster, 0).CallAsync(client => client.DescribeAsync(load.Session));
            revisions.Add(load.Session, description.Revision);
        }

        return revisions;
    }

    /// <summary>Lets everyone come to an end and checks every guarantee for every session; answers with what is known of each.</summary>
    public async Task<IReadOnlyDictionary<string, History>> FinishAsync()
    {
        var histories = await Task.WhenAll(_loads.Select(load => load.FinishAsync()));
        Assert.All(histories, history => Validators.Check(history with { ReadsMayLag = ReadsMayLag }));
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{histories.Sum(history => history.Writes.Count)} writes, {histories.Sum(history => history.Log.Count)} changes, "
            + $"{histories.Sum(history => history.Watchers.Sum(watcher => watcher.Seen.Count))} updates at watchers; "
            + $"{_cluster.Failures.Count} calls UNAVAILABLE, {WatchesEnded} of them watches");
        return _loads.Zip(histories).ToDictionary(pair => pair.First.Session, pair => pair.Second);
    }
}
