using Snakepit.Storage;

namespace Snakepit.Tests.Storage;

public abstract partial class StoreCompliance
{
    [Fact]
    public async Task A_trim_by_count_keeps_the_newest_changes_and_each_variables_history()
    {
        var session = new ScriptedSession(Store);
        await session.AppendAsync("rare");
        await session.AppendManyAsync("often", 20);
        await session.CheckpointAsync();

        Assert.Equal(15, await session.TrimAsync(maxChanges: 6, historyLimit: 8));
        var loaded = await session.LoadAsync();
        Assert.Equal((21, 15), (loaded.CommitNumber, loaded.Floor));
        var page = await session.ReadLogAsync(15);
        Assert.Equal(15, page.Floor);
        Assert.Equal([16, 17, 18, 19, 20, 21], Ends(page));
        Assert.Equal([0], await session.HistoryAsync("rare"));
        Assert.Equal([19, 18, 17, 16, 15, 14, 13, 12], await session.HistoryAsync("often"));
        Assert.Equal([1, 14, 15, 16, 17, 18, 19, 20, 21], Ends(await session.ReadLogAsync(0)));
    }

    [Fact]
    public async Task A_trim_by_age_lets_go_of_commits_before_a_time()
    {
        var session = new ScriptedSession(Store);
        for (var i = 0; i < 10; i++)
        {
            session.Time = ScriptedSession.Start.AddMinutes(i);
            await session.AppendAsync("x", "y");
        }

        await session.CheckpointAsync();
        var notBefore = ScriptedSession.Start.AddMinutes(4);
        Assert.Equal(8, await session.TrimAsync(maxChanges: 1_000, historyLimit: 1, notBefore));
        Assert.Equal([10, 12, 14, 16, 18, 20], Ends(await session.ReadLogAsync(0)));
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(4, 3)]
    [InlineData(5, 3)]
    [InlineData(2, 6)]
    [InlineData(0, 8)]
    [InlineData(8, 0)]
    [InlineData(long.MaxValue, 0)]
    public async Task The_floor_is_the_end_of_a_commit(long maxChanges, long floor)
    {
        var session = new ScriptedSession(Store);
        await session.AppendAsync("a", "b", "c");
        await session.AppendAsync("a", "b", "c");
        await session.AppendAsync();
        await session.AppendAsync("a", "b");
        await session.CheckpointAsync();
        Assert.Equal(floor, await session.TrimAsync(maxChanges, historyLimit: 0));
        Assert.DoesNotContain(Ends(await session.ReadLogAsync(0)), end => end <= floor);
    }

    [Fact]
    public async Task The_floor_never_falls()
    {
        var session = new ScriptedSession(Store);
        await session.AppendManyAsync("x", 10);
        await session.CheckpointAsync();
        Assert.Equal(7, await session.TrimAsync(maxChanges: 3, historyLimit: 1));
        Assert.Equal(7, await session.TrimAsync(maxChanges: 9, historyLimit: 100));
        Assert.Equal(7, (await session.ReadLogAsync(0)).Floor);
        Assert.Equal([8, 9, 10], Ends(await session.ReadLogAsync(0)));
    }

    [Fact]
    public async Task What_the_checkpoint_does_not_include_is_never_trimmed()
    {
        var session = new ScriptedSession(Store);
        await session.AppendManyAsync("x", 4);
        await session.CheckpointAsync();
        await session.AppendAsync("new");
        await session.AppendAsync();
        await session.AppendManyAsync("x", 4);

        Assert.Equal(9, await session.TrimAsync(maxChanges: 0, historyLimit: 1));
        var loaded = await session.LoadAsync();
        Assert.Equal((4, 4, 9), (loaded.CommitNumber, loaded.Revision, loaded.Floor));
        Assert.Equal([5, 6, 7, 8, 9, 10], loaded.CommitsAfter.Select(commit => commit.Number));
        Assert.Equal([0], await session.HistoryAsync("new"));
        Assert.Equal(AppendResult.Stored, await session.AppendAsync("x"));
    }

    [Fact]
    public async Task A_session_without_a_checkpoint_loses_nothing()
    {
        var session = new ScriptedSession(Store);
        await session.AppendManyAsync("x", 5);
        Assert.Equal(5, await session.TrimAsync(maxChanges: 0, historyLimit: 0));
        Assert.Equal(5, (await session.LoadAsync()).CommitsAfter.Count);
    }

    [Fact]
    public async Task A_deleted_variable_has_no_history_to_keep()
    {
        var session = new ScriptedSession(Store);
        await session.AppendAsync("gone");
        await session.AppendAsync("stays");
        await session.DeleteVariableAsync("gone");
        await session.CheckpointAsync();
        Assert.Equal(3, await session.TrimAsync(maxChanges: 0, historyLimit: 10));
        Assert.Equal([2], Ends(await session.ReadLogAsync(0)));
    }

    [Fact]
    public async Task A_trim_of_a_session_that_is_not_stored_does_nothing() =>
        Assert.Equal(0, await new ScriptedSession(Store).TrimAsync(0, 0));

    [Fact]
    public async Task A_log_is_measured_from_its_end_with_the_large_values_that_its_commits_gave()
    {
        var session = new ScriptedSession(Store);
        Commit[] commits =
        [
            await StoredAsync(session, session.Next("a", "b")),
            await StoredAsync(session, session.NextLarge("large", ScriptedSession.Large(2_000_000, 1))),
            await StoredAsync(session, session.NextReferring("large", 3)),
            await StoredAsync(session, session.NextLarge("large", ScriptedSession.Large(100_000, 2))),
            await StoredAsync(session, session.Next("a", "b", "c")),
            await StoredAsync(session, session.NextTools("t")),
            await StoredAsync(session, session.Next("a")),
        ];
        long[] bytes = [.. commits.Select(commit => commit.CalculateSize())];
        long[] ends = [2, 3, 4, 5, 8, 8, 9];
        for (var n = 0; n < ends.Length; n++)
        {
            var tail = bytes[n..].Sum();
            Assert.Equal(new LogExtent(n == 0 ? 0 : ends[n - 1], tail), await session.MeasureAsync(tail));
            Assert.Equal(new LogExtent(ends[n], tail - bytes[n]), await session.MeasureAsync(tail - 1));
        }

        Assert.Equal(new LogExtent(0, bytes.Sum()), await session.MeasureAsync(long.MaxValue));
        await session.CheckpointAsync();

        // What had no change went with the checkpoint.
        bytes[5] = 0;
        Assert.Equal(3, await session.TrimAsync(maxChanges: 6, historyLimit: 100));
        Assert.Equal(new LogExtent(3, bytes[2..].Sum()), await session.MeasureAsync(long.MaxValue));
        Assert.Equal(9, await session.TrimAsync(maxChanges: 0, historyLimit: 100));
        Assert.Equal(new LogExtent(9, 0), await session.MeasureAsync(long.MaxValue));
    }

    [Fact]
    public async Task A_trim_tells_how_many_bytes_are_left_for_history()
    {
        var session = new ScriptedSession(Store);
        long[] bytes =
        [
            (await StoredAsync(session, session.Next("a", "b"))).CalculateSize(),
            (await StoredAsync(session, session.Next("a"))).CalculateSize(),
            (await StoredAsync(session, session.NextLarge("a", ScriptedSession.Large(100_000, 1)))).Record.CalculateSize(),
            (await StoredAsync(session, session.Next("a"))).CalculateSize(),
        ];
        await session.CheckpointAsync();
        Assert.Equal(new TrimmedLog(0, 0), await session.TrimAsync(new Retention(0, DateTimeOffset.MinValue, 1)));
        Assert.Equal(new TrimmedLog(4, bytes[..3].Sum()), await session.TrimAsync(new Retention(4, DateTimeOffset.MinValue, 3)));
        Assert.Equal(new TrimmedLog(5, bytes[0] + bytes[3]), await session.TrimAsync(new Retention(5, DateTimeOffset.MinValue, 1)));
        Assert.Equal(default, await new ScriptedSession(Store, "another").TrimAsync(new Retention(5, DateTimeOffset.MinValue, 1)));
    }

    [Fact]
    public async Task A_log_that_is_not_stored_has_no_bytes() =>
        Assert.Equal(default, await new ScriptedSession(Store).MeasureAsync(long.MaxValue));

    [Fact]
    public async Task Trimming_a_long_log_leaves_exactly_what_is_needed()
    {
        var session = new ScriptedSession(Store);
        for (var i = 0; i < 700; i++)
        {
            await session.AppendAsync($"v{i % 30}");
        }

        await session.CheckpointAsync();
        await session.AppendManyAsync("v0", 5);
        Assert.Equal(605, await session.TrimAsync(maxChanges: 100, historyLimit: 10));
        Assert.Equal(Enumerable.Range(401, 305), Ends(await session.ReadLogAsync(0)).Select(end => (int)end));
    }

    [Fact]
    public async Task Large_values_stay_while_something_stored_refers_to_them()
    {
        var session = new ScriptedSession(Store);
        await session.AppendLargeAsync("history", ScriptedSession.Large(100_000, 1));
        await session.AppendLargeAsync("dropped", ScriptedSession.Large(2_000_000, 2));
        await session.AppendLargeAsync("current", ScriptedSession.Large(100_000, 3));
        await session.AppendLargeAsync("checkpoint", ScriptedSession.Large(100_000, 4));
        await session.AppendAsync("history");
        await session.AppendAsync("dropped");
        await session.AppendAsync("dropped");
        await session.CheckpointAsync();
        await session.AppendAsync("checkpoint");
        await session.AppendAsync("dropped");
        await session.TrimAsync(maxChanges: 0, historyLimit: 2);

        var variables = (await session.LoadAsync()).Variables.ToDictionary(v => v.Record.RegisteredAt, v => v.Large);
        Assert.Equal(ScriptedSession.Large(100_000, 3), variables[3]);
        Assert.Equal(ScriptedSession.Large(100_000, 4), variables[4]);
        var history = await Store.ReadChainAsync(session.Key, 5, 10, default);
        Assert.Equal([null, ScriptedSession.Large(100_000, 1)], history.Select(change => change.Large));
        Assert.Empty(await Store.ReadChainAsync(session.Key, 2, 10, default));
        await AssertLargeValuesAsync(session, [1, 3, 4]);
    }

    private static async Task<Commit> StoredAsync(ScriptedSession session, Commit commit)
    {
        Assert.Equal(AppendResult.Stored, await session.AppendAsync(commit));
        return commit;
    }

    /// <summary>Checks, where a store lets itself be looked into, which large values it still has.</summary>
    private protected virtual Task AssertLargeValuesAsync(ScriptedSession session, long[] revisions) => Task.CompletedTask;
}
