using System.Collections.Concurrent;
using System.Globalization;
using Snakepit.Tests.Postgres;
using Snakepit.Tests.Robustness.Support;

namespace Snakepit.Tests.Cluster.Processes;

/// <summary>Two silos and two gateways, each a process, that find each other by a database of their own. Driven by one test.</summary>
internal sealed class ProcessCluster : IAsyncDisposable
{
    private const int Size = 2;

    // The silos', then the gateways'.
    private readonly int[] _adminPorts = [.. Enumerable.Range(0, 2 * Size).Select(_ => FreePort.Next())];

    private ProcessCluster(string database, IReadOnlyList<(string Variable, string Value)> settings, Places places)
    {
        Database = database;
        Silos = [.. places.Silos.Select((place, i) => new Member(
            $"silo {i}", () => ServerProcess.LaunchSilo([.. settings, .. place.Settings, Admin(i)], place)))];
        Gateways = [.. places.Gateways.Select((place, i) => new Member(
            $"gateway {i}", () => ServerProcess.LaunchGateway([.. settings, .. place.Settings, Admin(Size + i)], place)))];
    }

    /// <summary>Its connection string.</summary>
    public string Database { get; }

    public IReadOnlyList<Member> Silos { get; }

    public IReadOnlyList<Member> Gateways { get; }

    /// <summary>Every call that was answered UNAVAILABLE so far.</summary>
    public ConcurrentQueue<FailedCall> Failures { get; } = new();

    /// <summary>Starts the gateways, and as many of the silos.</summary>
    /// <param name="postgres">Gets a database for it.</param>
    /// <param name="silos">How many of them.</param>
    /// <param name="way">What the processes reach the database by; null = they reach it directly.</param>
    /// <param name="places">Where the processes are; null = all of them here.</param>
    public static async Task<ProcessCluster> StartAsync(PostgresServer postgres, int silos = Size, Relay? way = null, Places? places = null)
    {
        // The whole log is kept, so that a resync is a fault; heartbeats come often, as they move a watcher too.
        var database = await postgres.CreateDatabaseAsync();
        database = way is null ? database : way.Through(database);
        var cluster = new ProcessCluster(database,
        [
            ("SNAKEPIT_DATABASE", database),
            ("SNAKEPIT_REPLAYABLE_CHANGES", "100000000"),
            ("SNAKEPIT_HEARTBEAT", "500ms"),
            ("SNAKEPIT_LOG_LEVEL", "warning"),
        ],
        places ?? Places.AllHere(Size));
        try
        {
            await Task.WhenAll(cluster.Silos.Take(silos).Concat(cluster.Gateways).Select(member => member.StartAsync()));
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Where a gateway's probes are answered.</summary>
    public Uri ReadinessOf(Member gateway) => PageOf(gateway, "readyz");

    /// <summary>Where a member's metrics are read.</summary>
    public Uri MetricsOf(Member member) => PageOf(member, "metrics");

    public async ValueTask DisposeAsync()
    {
        foreach (var member in Silos.Concat(Gateways))
        {
            await member.DisposeAsync();
        }
    }

    private (string Variable, string Value) Admin(int member) =>
        ("SNAKEPIT_ADMIN", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_adminPorts[member]}"));

    private Uri PageOf(Member member, string page) => new(string.Create(
        CultureInfo.InvariantCulture, $"http://127.0.0.1:{_adminPorts[Silos.Concat(Gateways).ToList().IndexOf(member)]}/{page}"));
}
