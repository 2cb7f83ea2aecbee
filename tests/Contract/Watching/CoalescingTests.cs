using System.Globalization;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Contract.Support;

namespace Snakepit.Tests.Contract.Watching;

/// <summary>
/// Watches with min_interval_ms. How many changes a window catches depends on the machine, so most of these
/// hold whatever the windows were; the others end a long window by ending the session.
/// </summary>
public sealed class CoalescingTests(SharedServer server)
{
    [Fact]
    public async Task A_window_lets_out_the_last_change_of_each_variable_in_order_of_revision()
    {
        var session = server.NewSession();
        await session.RegisterAsync("a", 0);
        await session.RegisterAsync("b", 100);
        await session.RegisterAsync("c", 0);
        using var watch = await session.WatchAsync(new WatchVariablesRequest { MinIntervalMs = 3_600_000 });
        await session.SetAsync("a", 1);
        await session.SetAsync("b", 101);
        await session.SetAsync("a", 2);
        var lastA = await session.SetAsync("a", 3);
        var lastB = await session.SetAsync("b", 102);

        await session.CleanUpAsync();

        var end = await watch.EndAsync();
        Assert.Equal(RpcCode.Cancelled, end.Status.Code);
        Assert.Equal(
            [("a", "0", "3", "3", lastA.Revision), ("b", "100", "102", "2", lastB.Revision)],
            end.Rest.Select(Described));
        Assert.Equal(lastB.Revision, end.Revision);
    }

    [Fact]
    public async Task A_single_change_in_a_window_is_told_as_it_is()
    {
        var session = server.NewSession();
        await session.RegisterAsync("a", 0);
        using var watch = await session.WatchAsync(new WatchVariablesRequest { MinIntervalMs = 50 });

        var set = await session.SetAsync("a", 1);

        var update = await watch.NextAsync("value_change");
        Assert.Equal(("a", "0", "1", null, set.Revision), Described(update));
    }

    [Fact]
    public async Task Nothing_is_merged_across_a_delete()
    {
        var session = server.NewSession();
        await session.RegisterAsync("a", 0);
        using var watch = await session.WatchAsync(new WatchVariablesRequest { MinIntervalMs = 3_600_000 });
        await session.SetAsync("a", 1);
        await session.SetAsync("a", 2);
        await session.DeleteAsync("a");
        await session.RegisterAsync("a", 10);
        await session.SetAsync("a", 11);

        await session.CleanUpAsync();

        var rest = (await watch.EndAsync()).Rest;
        Assert.Equal(["value_change", "deleted", "value_change"], rest.Select(update => update.UpdateType));
        Assert.Equal([("0", "2", "2"), ("2", "2", null), (null, "11", "2")], rest.Select(Described).Select(told => (told.Old, told.New, told.Coalesced)));
    }

    [Fact]
    public async Task What_is_told_of_a_variable_always_carries_on_from_what_was_told_before()
    {
        const int Sets = 400;
        var session = server.NewSession();
        string[] names = ["a", "b", "c"];
        await Task.WhenAll(names.Select(name => session.RegisterAsync(name, 0)));
        using var watch = await session.WatchAsync(new WatchVariablesRequest { MinIntervalMs = 5 });
        var writing = Task.WhenAll(names.Select(async name =>
        {
            for (var n = 1; n <= Sets; n++)
            {
                await session.SetAsync(name, n);
            }
        }));

        var seen = names.ToDictionary(name => name, _ => "0");
        var counted = names.ToDictionary(name => name, _ => 0);
        var told = 0;
        var revision = 0L;
        while (seen.Values.Any(value => value != $"{Sets}"))
        {
            var (name, old, text, coalesced, at) = Described(await watch.NextAsync("value_change"));
            Assert.Equal(seen[name], old);
            Assert.True(at > revision, $"revision {at} after {revision}");
            seen[name] = text;
            counted[name] += coalesced is null ? 1 : int.Parse(coalesced, CultureInfo.InvariantCulture);
            revision = at;
            told++;
        }

        await writing;
        Assert.All(counted.Values, count => Assert.Equal(Sets, count));
        Assert.True(told < names.Length * Sets, "nothing was merged");
    }

    [Fact]
    public async Task A_snapshot_is_not_held_back()
    {
        var session = server.NewSession();
        var registered = await session.RegisterAsync("a", 0);
        using var watch = session.Watch(new WatchVariablesRequest { MinIntervalMs = 3_600_000, IncludeInitialValues = true });

        var (initial, heartbeat) = await watch.SnapshotAsync();

        Assert.Equal("0", Assert.Single(initial).NewText());
        Assert.Equal(registered.Revision, heartbeat.Revision);
    }

    [Fact]
    public async Task Each_watcher_has_its_own_window()
    {
        var session = server.NewSession();
        await session.RegisterAsync("a", 0);
        using var merged = await session.WatchAsync(new WatchVariablesRequest { MinIntervalMs = 3_600_000 });
        using var each = await session.WatchAsync();
        await session.SetAsync("a", 1);
        await session.SetAsync("a", 2);

        Assert.Equal(["1", "2"], (await each.TakeAsync(2)).Select(update => update.NewText()));

        await session.CleanUpAsync();
        Assert.Equal("2", Assert.Single((await merged.EndAsync()).Rest).NewText());
    }

    [Fact]
    public async Task Changes_that_are_replayed_are_merged_too()
    {
        var session = server.NewSession();
        var registered = await session.RegisterAsync("a", 0);
        for (var n = 1; n <= 20; n++)
        {
            await session.SetAsync("a", n);
        }

        using var watch = await session.WatchAsync(
            new WatchVariablesRequest { FromRevision = registered.Revision, MinIntervalMs = 3_600_000 });
        var last = await session.SetAsync("a", 21);
        await session.CleanUpAsync();

        var end = await watch.EndAsync();
        if (end.Rest.Count > 0)
        {
            // The log goes with the session: what had been read of it by then is told, up to the revision in the trailer.
            var told = Described(Assert.Single(end.Rest));
            Assert.Equal("0", told.Old);
            Assert.Equal(end.Revision, told.Revision);
        }

        Assert.InRange(end.Revision!.Value, registered.Revision, last.Revision);
    }

    private static (string Name, string? Old, string New, string? Coalesced, long Revision) Described(VariableUpdate update) => (
        update.Variable.Name,
        update.OldValue?.Text(),
        update.NewText(),
        update.UpdateMetadata.GetValueOrDefault("coalesced"),
        update.Revision);
}
