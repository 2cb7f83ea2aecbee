using System.Collections.Concurrent;
using System.Diagnostics;
using Snakepit.Sessions;
using Snakepit.Storage.Hosting;
using Snakepit.Tests.Contract.Support;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Cluster.InProcess;

/// <summary>Sessions that are only stored cost no memory.</summary>
public sealed class MillionSessionsTests(ClusterDatabase database, ITestOutputHelper output) : ClusterTests(database)
{
    private const int Stored = 1_000_000;
    private const int Used = 200;
    private const long MemoryBound = 64 * 1024 * 1024;

    // All are copies of one: made once, never changed.
    private const string Fill = """
        WITH template AS (SELECT s.*, h.number, h.revision AS head FROM sessions s JOIN heads h ON h.session = s.key WHERE id = 'template'),
        made AS (
            INSERT INTO sessions
            SELECT nextval('session_keys'), tenant, convert_to('s' || n, 'UTF8'), commit_number, revision, floor, expires_at, created_at, header
            FROM template, generate_series(1, 1000000) AS n
            RETURNING key)
        INSERT INTO heads SELECT made.key, number, head FROM made, template
        """;

    [Fact]
    public async Task Of_a_million_stored_sessions_only_those_in_use_are_in_memory()
    {
        var since = Stopwatch.GetTimestamp();
        await FillAsync();
        output.WriteLine($"{Stored} sessions stored in {Stopwatch.GetElapsedTime(since).TotalSeconds:0.0} s");

        var stores = new ConcurrentBag<InterceptedStore>();
        var cluster = await StartAsync(new ClusterSettings
        {
            Silos = 3,
            Store = inner =>
            {
                var store = new InterceptedStore(inner);
                stores.Add(store);
                return store;
            },
        });
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var keys = Enumerable.Range(1, Used).Select(i => Key($"s{i * (Stored / Used)}")).ToList();
        await Task.WhenAll(keys.Select(key => cluster.Gateway.OkAsync(key, Ask.Register("x", "5"))));
        Assert.All(await Task.WhenAll(keys.Select(key => cluster.Gateway.ValueAsync(key, "x"))), value => Assert.Equal("5", value));

        // Several sweeps of each silo later, too.
        var sweeps = stores.ToDictionary(store => store, store => store.Calls(StoreVerb.ListExpired));
        await Eventually.TrueAsync(
            () => Task.FromResult(sweeps.All(sweep => sweep.Key.Calls(StoreVerb.ListExpired) >= sweep.Value + 3)), "each silo swept");
        Assert.Equal(Used, cluster.ActiveCounts.Sum());
        Assert.Equal(Used, await cluster.CountGrainsAsync());
        Assert.Equal(Used, stores.Sum(store => store.Calls(StoreVerb.Load)));
        var grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        output.WriteLine($"memory grew by {grown / 1024.0 / 1024.0:0.0} MiB with {Used} of them in use");
        Assert.InRange(grown, long.MinValue, MemoryBound);
    }

    private async Task FillAsync()
    {
        await using var store = await ClusterDatabase.OpenAsync(Schema);
        await using (var sessions = new SessionDirectory(store, SessionSettings.Default, HostPolicy.Default, TimeProvider.System))
        {
            var made = await sessions.CallAsync(Key("template"), Ask.Initialize(ttlSeconds: 24 * 3600), TestContext.Current.CancellationToken);
            Assert.False(made.IsRefused);
        }

        await ClusterDatabase.QueryAsync(Schema, Fill);
        Assert.Equal(Stored + 1L, await ClusterDatabase.QueryAsync(Schema, "SELECT count(*) FROM sessions"));
    }
}
