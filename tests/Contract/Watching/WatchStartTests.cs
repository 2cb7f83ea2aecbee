using Snakepit.Protocol.Bridge;
using Snakepit.Tests.Contract.Support;

namespace Snakepit.Tests.Contract.Watching;

/// <summary>Where a watch begins: the snapshot and the subscription are one step.</summary>
public sealed class WatchStartTests(SharedServer server)
{
    [Fact]
    public async Task Initial_values_come_oldest_first_and_then_a_heartbeat_with_their_revision()
    {
        var session = server.NewSession();
        await session.RegisterAsync("b", 1);
        var id = (await session.RegisterAsync("a", 2)).VariableId;
        var set = await session.SetAsync("b", 3);

        using var watch = session.Watch(new WatchVariablesRequest { IncludeInitialValues = true });

        Assert.Equal(set.Revision, await watch.StartedAsync());
        var (initial, heartbeat) = await watch.SnapshotAsync();
        Assert.Equal(["b", "a"], initial.Select(update => update.Variable.Name));
        Assert.All(initial, update => Assert.Equal(0, update.Revision));
        Assert.All(initial, update => Assert.Null(update.OldValue));
        Assert.Equal(await session.GetAsync("b"), initial[0].Variable);
        Assert.Equal((id, set.Revision - 1), (initial[1].VariableId, initial[1].Variable.Revision));
        Assert.Equal(set.Revision, heartbeat.Revision);
        Assert.Null(heartbeat.Variable);
        Assert.InRange(heartbeat.Timestamp.ToDateTimeOffset(), DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddMinutes(1));

        await session.SetAsync("a", 4);
        Assert.Equal(set.Revision + 1, (await watch.NextAsync("value_change")).Revision);
    }

    [Fact]
    public async Task The_snapshot_of_an_empty_session_is_the_heartbeat_alone()
    {
        var session = server.NewSession();
        await session.InitializeAsync();

        using var watch = session.Watch(new WatchVariablesRequest { IncludeInitialValues = true });

        var (initial, heartbeat) = await watch.SnapshotAsync();
        Assert.Empty(initial);
        Assert.Equal((await session.DescribeAsync()).Revision, heartbeat.Revision);
    }

    [Fact]
    public async Task Without_initial_values_the_headers_come_at_once_and_then_only_changes()
    {
        var session = server.NewSession();
        var registered = await session.RegisterAsync("x", 1);

        using var watch = session.Watch(new WatchVariablesRequest());

        Assert.Equal(registered.Revision, await watch.StartedAsync());
        await session.SetAsync("x", 2);
        Assert.Equal("2", (await watch.NextAsync("value_change")).NewText());
    }

    [Fact]
    public async Task The_snapshot_contains_what_is_watched_and_nothing_else()
    {
        var session = server.NewSession();
        foreach (var name in new[] { "by.name", "by.pattern", "other" })
        {
            await session.RegisterAsync(name);
        }

        var id = (await session.RegisterAsync("by.id")).VariableId;

        using var watch = session.Watch(new WatchVariablesRequest
        {
            IncludeInitialValues = true,
            VariableIdentifiers = { "by.name", id },
            Patterns = { "*pattern" },
        });

        Assert.Equal(
            ["by.name", "by.pattern", "by.id"], (await watch.SnapshotAsync()).Initial.Select(update => update.Variable.Name));
    }

    [Fact]
    public async Task A_watch_that_begins_among_writers_has_each_change_in_its_snapshot_or_after_it()
    {
        var session = server.NewSession();
        string[] names = ["a", "b", "c", "d"];
        await Task.WhenAll(names.Select(name => session.RegisterAsync(name, 0)));
        using var stop = new CancellationTokenSource();
        var writers = names.Select(async name =>
        {
            var last = 0L;
            while (!stop.IsCancellationRequested)
            {
                await session.SetAsync(name, ++last);
            }

            return last;
        }).ToList();

        var watches = new List<WatchClient>();
        for (var n = 0; n < 40; n++)
        {
            watches.Add(session.Watch(new WatchVariablesRequest { IncludeInitialValues = true }));
            await watches[^1].StartedAsync();
        }

        await stop.CancelAsync();
        await Task.WhenAll(writers);
        var end = await session.SetAsync("a", -1);

        foreach (var watch in watches)
        {
            await AssertWholeAsync(watch, end.Revision);
            watch.Dispose();
        }
    }

    // Revisions are dense and each change carries on from the value before it: a gap anywhere shows.
    private static async Task AssertWholeAsync(WatchClient watch, long lastRevision)
    {
        var (initial, heartbeat) = await watch.SnapshotAsync();
        Assert.Equal(heartbeat.Revision, await watch.StartedAsync());
        Assert.Equal(heartbeat.Revision, initial.Max(update => update.Variable.Revision));
        var current = initial.ToDictionary(update => update.Variable.Name, update => update.Variable);
        for (var revision = heartbeat.Revision + 1; revision <= lastRevision; revision++)
        {
            var update = await watch.NextAsync("value_change");
            Assert.Equal(revision, update.Revision);
            var before = current[update.Variable.Name];
            Assert.Equal((before.Version + 1, before.Text()), (update.Variable.Version, update.OldValue.Text()));
            current[update.Variable.Name] = update.Variable;
        }
    }
}
