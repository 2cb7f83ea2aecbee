using Snakepit.Protocol.Bridge;
using Snakepit.Tests.Contract.Support;

namespace Snakepit.Tests.Contract.Watching;

/// <summary>Strictly in order of revision, each change once, with the values of that very change.</summary>
public sealed class WatchOrderTests(SharedServer server)
{
    [Fact]
    public async Task Each_kind_of_change_is_told_as_what_it_is()
    {
        var session = server.NewSession();
        await session.InitializeAsync();
        using var watch = await session.WatchAsync();
        var id = (await session.RegisterAsync("x", 1)).VariableId;
        var setting = session.Setting("x", Json.Integer(2));
        setting.Metadata.Add(new Dictionary<string, string> { ["source"] = "python", ["step"] = "1" });
        await session.SetAsync(setting);
        await session.UpdateAsync(new() { VariableIdentifier = "x", ConstraintsJson = """{"max": 9}""" });
        await session.StartOptimizationAsync("x", "o");
        await session.StopOptimizationAsync("x", "o");
        await session.DeleteAsync("x");

        var updates = await watch.TakeAsync(6);

        Assert.Equal(
            ["registered", "value_change", "constraint_change", "optimization_change", "optimization_change", "deleted"],
            updates.Select(update => update.UpdateType));
        Assert.All(updates, update => Assert.Equal((id, id, "x"), (update.VariableId, update.Variable.Id, update.Variable.Name)));
        Assert.Equal(Enumerable.Range(0, 6).Select(n => updates[0].Revision + n), updates.Select(update => update.Revision));
        Assert.All(updates, update => Assert.Equal(update.Revision, update.Variable.Revision));
        Assert.All(updates, update => Assert.NotNull(update.Timestamp));

        Assert.Null(updates[0].OldValue);
        Assert.Equal(("1", "elixir"), (updates[0].NewText(), updates[0].UpdateSource));
        Assert.Equal(("2", "1", "python"), (updates[1].NewText(), updates[1].OldValue.Text(), updates[1].UpdateSource));
        Assert.Equal("1", updates[1].UpdateMetadata["step"]);
        Assert.Contains("max", updates[2].Variable.ConstraintsJson, StringComparison.Ordinal);
        Assert.Equal(("2", "2"), (updates[5].NewText(), updates[5].OldValue.Text()));
    }

    [Fact]
    public async Task Two_quick_sets_are_two_updates()
    {
        var session = server.NewSession();
        await session.RegisterAsync("x", 0);
        using var watch = await session.WatchAsync("x");

        await Task.WhenAll(session.SetAsync("x", 1), session.SetAsync("x", 1));

        var updates = await watch.TakeAsync(2);
        Assert.Equal([(1, "0"), (2, "1")], updates.Select(update => (update.Variable.Version, update.OldValue.Text())));
    }

    [Fact]
    public async Task Under_eight_writers_a_watch_tells_each_change_in_order_with_its_own_values()
    {
        const int Writers = 8;
        const int Sets = 100;
        var session = server.NewSession();
        await session.RegisterAsync("shared", 0);
        for (var n = 0; n < Writers; n++)
        {
            await session.RegisterAsync($"own{n}", 0);
        }

        using var whole = await session.WatchAsync();
        using var one = await session.WatchAsync("shared");
        var start = (await session.DescribeAsync()).Revision;

        var answers = await Task.WhenAll(Enumerable.Range(0, Writers).Select(async writer =>
        {
            var mine = new Dictionary<long, (string Name, string Value)>();
            for (var n = 1; n <= Sets; n++)
            {
                var name = n % 2 == 0 ? "shared" : $"own{writer}";
                var value = (writer * 10_000L) + n;
                mine.Add((await session.SetAsync(name, value)).Revision, (name, $"{value}"));
            }

            return mine;
        }));

        var written = answers.SelectMany(mine => mine).ToDictionary();
        var current = new Dictionary<string, string>();
        var updates = await whole.TakeAsync(Writers * Sets);
        for (var n = 0; n < updates.Count; n++)
        {
            var update = updates[n];
            Assert.Equal(start + n + 1, update.Revision);
            Assert.Equal(written[update.Revision], (update.Variable.Name, update.NewText()));
            Assert.Equal(current.GetValueOrDefault(update.Variable.Name, "0"), update.OldValue.Text());
            current[update.Variable.Name] = update.NewText();
        }

        Assert.Equal(
            updates.Where(update => update.Variable.Name == "shared"), await one.TakeAsync(Writers * Sets / 2));
    }

    [Fact]
    public async Task A_batch_is_told_item_by_item()
    {
        var session = server.NewSession();
        var names = Enumerable.Range(0, 20).Select(n => $"v{n}").ToArray();
        await Task.WhenAll(names.Select(name => session.RegisterAsync(name, 0)));
        using var watch = await session.WatchAsync();

        var answer = await session.SetManyAsync(session.Batch(true, [.. names.Select(name => (name, 1L))]));

        var updates = await watch.TakeAsync(20);
        Assert.Equal(Enumerable.Range(0, 20).Select(n => answer.Revision - 19 + n), updates.Select(update => update.Revision));
        Assert.Equal(names.Order(), updates.Select(update => update.Variable.Name).Order());
    }

    [Fact]
    public async Task A_refused_change_is_told_to_nobody()
    {
        var session = server.NewSession();
        await session.RegisterAsync("x", Json.Integer(0), """{"max": 5}""");
        using var watch = await session.WatchAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => session.SetAsync("x", 6));
        await session.SetManyAsync(session.Batch(true, ("x", 1), ("y", 1)));
        await session.RegisterAsync("x", Json.Integer(0), """{"max": 5}""");
        await session.InitializeAsync();
        await session.HeartbeatAsync();
        var set = await session.SetAsync("x", 5);

        Assert.Equal(set.Revision, (await watch.NextAsync("value_change")).Revision);
    }

    [Fact]
    public async Task A_reply_and_the_update_it_belongs_to_have_the_same_revision_for_many_watchers()
    {
        var session = server.NewSession();
        await session.RegisterAsync("x", 0);
        var watches = new List<WatchClient>();
        for (var n = 0; n < 10; n++)
        {
            watches.Add(await session.WatchAsync(n % 2 == 0 ? [] : ["x"]));
        }

        for (var n = 1; n <= 20; n++)
        {
            var set = await session.SetAsync("x", n);
            foreach (var watch in watches)
            {
                VariableUpdate update = await watch.NextAsync("value_change");
                Assert.Equal((set.Revision, $"{n}"), (update.Revision, update.NewText()));
            }
        }

        watches.ForEach(watch => watch.Dispose());
    }
}
