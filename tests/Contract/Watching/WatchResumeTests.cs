using Snakepit.Protocol.Bridge;
using Snakepit.Tests.Contract.Support;

namespace Snakepit.Tests.Contract.Watching;

/// <summary>A client that knows a revision gets what came after it, exactly, or is told that it cannot.</summary>
public sealed class WatchResumeTests(SharedServer server)
{
    [Fact]
    public async Task From_any_revision_the_rest_of_the_log_comes_and_then_live_changes()
    {
        var session = server.NewSession();
        await session.InitializeAsync();
        var start = (await session.DescribeAsync()).Revision;
        using var live = await session.WatchAsync();
        await MixedChangesAsync(session);
        var end = (await session.DescribeAsync()).Revision;
        var all = await live.TakeAsync((int)(end - start));

        var watches = new List<(WatchClient Watch, long From)>();
        for (var from = start; from <= end; from++)
        {
            watches.Add((await session.ResumeAsync(from), from));
            Assert.Equal(from, await watches[^1].Watch.StartedAsync());
        }

        var last = await session.RegisterAsync("last");

        foreach (var (watch, from) in watches)
        {
            Assert.Equal(all.Skip((int)(from - start)), await watch.TakeAsync((int)(end - from)));
            Assert.Equal(last.Revision, (await watch.NextAsync("registered")).Revision);
            watch.Dispose();
        }
    }

    [Fact]
    public async Task From_revision_wins_over_initial_values()
    {
        var session = server.NewSession();
        var registered = await session.RegisterAsync("x", 0);
        await session.SetAsync("x", 1);

        using var watch = session.Watch(
            new WatchVariablesRequest { FromRevision = registered.Revision, IncludeInitialValues = true });

        Assert.Equal("1", (await watch.NextAsync("value_change")).NewText());
    }

    [Fact]
    public async Task A_resumed_watch_is_selected_and_filtered_like_any_other()
    {
        var session = server.NewSession();
        await session.InitializeAsync();
        var start = (await session.DescribeAsync()).Revision;
        await MixedChangesAsync(session);

        using var watch = session.Watch(new WatchVariablesRequest
        {
            FromRevision = start,
            Patterns = { "a*" },
            UpdateTypes = { "value_change" },
        });
        await session.SetAsync("b", 77);
        await session.SetAsync("a", 78);

        Assert.Equal(
            ["a 1", "a 2", "a2 1.5", "a 78"],
            (await watch.TakeAsync(4)).Select(update => $"{update.Variable.Name} {update.NewText()}"));
    }

    [Fact]
    public async Task A_client_that_leaves_and_resumes_again_and_again_among_writers_misses_and_repeats_nothing()
    {
        var session = server.NewSession();
        await session.RegisterAsync("x", 0);
        var revision = (await session.RegisterAsync("y", 0)).Revision;
        using var stop = new CancellationTokenSource();
        var writers = new[] { "x", "y", "x" }.Select(async name =>
        {
            for (var n = 0; !stop.IsCancellationRequested; n++)
            {
                await session.SetAsync(name, n);
            }
        }).ToList();

        for (var round = 0; round < 40; round++)
        {
            using var watch = session.Watch(new WatchVariablesRequest { FromRevision = revision });
            for (var n = 0; n <= round % 7; n++)
            {
                Assert.Equal(revision + 1, (await watch.NextAsync("value_change")).Revision);
                revision++;
            }
        }

        await stop.CancelAsync();
        await Task.WhenAll(writers);
    }

    [Fact]
    public async Task A_revision_above_the_sessions_is_a_resync()
    {
        var session = server.NewSession();
        var registered = await session.RegisterAsync("x", 5);
        await session.RegisterAsync("other", 6);

        using var watch = session.Watch(
            new WatchVariablesRequest { FromRevision = registered.Revision + 1_000, VariableIdentifiers = { "x" } });

        Assert.Equal(registered.Revision + 1, await watch.StartedAsync());
        await AssertResyncAsync(watch, "x", "5", registered.Revision + 1);
        var set = await session.SetAsync("x", 7);
        Assert.Equal(set.Revision, (await watch.NextAsync("value_change")).Revision);
    }

    [Fact]
    public async Task A_revision_of_the_session_that_had_the_id_before_is_a_resync()
    {
        var session = server.NewSession();
        var old = await session.RegisterAsync("x", 1);
        await session.SetAsync("x", 2);
        await session.CleanUpAsync();
        await session.RegisterAsync("x", 3);
        var now = (await session.DescribeAsync()).Revision;

        using var watch = await session.ResumeAsync(old.Revision);

        await AssertResyncAsync(watch, "x", "3", now);
    }

    [Fact]
    public async Task From_0_every_change_of_the_session_comes_wherever_its_revisions_begin()
    {
        var ended = server.NewSession();
        await ended.RegisterAsync("x", 1);
        await ended.CleanUpAsync();
        var session = server.NewSession();
        var registered = await session.RegisterAsync("x", 1);
        var set = await session.SetAsync("x", 2);

        using var watch = await session.ResumeAsync(0);

        Assert.Equal(registered.Revision, (await watch.NextAsync("registered")).Revision);
        Assert.Equal(set.Revision, (await watch.NextAsync("value_change")).Revision);
    }

    [Fact]
    public async Task A_revision_that_the_log_has_let_go_of_is_a_resync()
    {
        await using var forgetful = await ServerUnderTest.StartNewAsync(new ServerSettings { ReplayableChanges = 100 });
        using var client = new BridgeClient(forgetful.Address);
        var session = client.NewSession();
        await session.InitializeAsync(historyLimit: 2);
        var names = Enumerable.Range(0, 100).Select(n => $"v{n}").ToArray();
        var first = await session.RegisterAsync(names[0]);
        await Task.WhenAll(names.Skip(1).Select(name => session.RegisterAsync(name)));

        // The log lets go of changes in its own time: ask again until it has.
        long value = 0;
        await Eventually.TrueAsync(
            async () =>
            {
                value++;
                await session.SetManyAsync(session.Batch(true, [.. names.Select(name => (name, value))]));
                using var old = await session.ResumeAsync(first.Revision);
                return (await old.NextAsync()).UpdateType == "resync";
            },
            "changes have left the log");

        var now = (await session.DescribeAsync()).Revision;
        using var watch = await session.ResumeAsync(first.Revision);
        Assert.Equal(0, (await watch.NextAsync("resync")).Revision);
        var (initial, heartbeat) = await watch.SnapshotAsync();
        Assert.Equal(names.Order(), initial.Select(update => update.Variable.Name).Order());
        Assert.All(initial, update => Assert.Equal($"{value}", update.NewText()));
        Assert.Equal(now, heartbeat.Revision);

        // What is promised to be there still is.
        using var recent = await session.ResumeAsync(now - 100);
        var updates = await recent.TakeAsync(100);
        Assert.Equal(Enumerable.Range(0, 100).Select(n => now - 99 + n), updates.Select(update => update.Revision));
    }

    private static async Task AssertResyncAsync(WatchClient watch, string name, string value, long revision)
    {
        var resync = await watch.NextAsync("resync");
        Assert.Null(resync.Variable);
        var (initial, heartbeat) = await watch.SnapshotAsync();
        var only = Assert.Single(initial);
        Assert.Equal((name, value), (only.Variable.Name, only.NewText()));
        Assert.Equal(revision, heartbeat.Revision);
    }

    private static async Task MixedChangesAsync(SessionClient session)
    {
        await session.RegisterAsync("a", 0);
        await session.RegisterAsync("b", 0);
        await session.SetAsync("a", 1);
        await session.DependAsync("b", "a");
        await session.SetAsync("a", 2);
        await session.SetManyAsync(session.Batch(true, ("b", 5)));
        await session.UpdateAsync(new() { VariableIdentifier = "b", Metadata = { ["k"] = "v" } });
        await session.StartOptimizationAsync("b", "o");
        await session.StopOptimizationAsync("b", "o");
        await session.RegisterAsync("a2", Json.Of("float", "0"));
        await session.SetAsync("a2", Json.Of("float", "1.5"));
        await session.RollBackAsync("b", 0);
        await session.DeleteAsync("b");
        await session.RegisterAsync("b", Json.LargeString(70_000));
        await session.SetAsync("b", Json.LargeString(3));
        await session.DeleteAsync("b");
        await session.RegisterAsync("b", 0);
    }
}
