using Snakepit.Storage;

namespace Snakepit.Tests.Storage;

public abstract partial class StoreCompliance
{
    [Fact]
    public async Task Revisions_never_return_after_a_session_ended()
    {
        var session = new ScriptedSession(Store);
        await session.AppendManyAsync("x", 5);
        Assert.Equal(AppendResult.Stored, await Store.DeleteAsync(session.Key, 5, 5));
        Assert.Equal(5, (await session.LoadAsync()).Revision);
        Assert.Equal(5, (await Store.LoadAsync(Key("other"), default)).Revision);
        Assert.Equal(0, (await Store.LoadAsync(Key("s", "tenant"), default)).Revision);

        var lower = new ScriptedSession(Store, Key("lower"), startRevision: 5);
        await lower.AppendAsync("x");
        await session.AppendAsync("x");
        await Store.DeleteAsync(lower.Key, 1, 6);
        Assert.Equal(6, (await session.LoadAsync()).Revision);
    }

    [Fact]
    public async Task A_session_is_made_only_above_every_ended_ones_revisions()
    {
        var (ended, stale) = (new ScriptedSession(Store), new ScriptedSession(Store, "stale"));
        await ended.AppendManyAsync("x", 2);
        Assert.Equal(AppendResult.Stored, await Store.DeleteAsync(ended.Key, 2, 2));

        Assert.Equal(AppendResult.Fenced, await stale.AppendAsync("x"));
        Assert.Equal(AppendResult.Fenced, await new ScriptedSession(Store, Key("stale"), startRevision: 1).AppendAsync("x"));
        Assert.Equal(0, Store.Count);
        Assert.Equal(AppendResult.Stored, await new ScriptedSession(Store, Key("stale"), startRevision: 2).AppendAsync("x"));
        Assert.Equal(AppendResult.Stored, await new ScriptedSession(Store, Key("stale", "tenant")).AppendAsync("x"));
    }

    [Fact]
    public async Task The_writer_of_an_ended_session_cannot_end_the_next_of_its_name()
    {
        var first = new ScriptedSession(Store);
        await first.AppendAsync("x");
        await Store.DeleteAsync(first.Key, 1, 1);
        var next = new ScriptedSession(Store, Key("s"), startRevision: 1);
        await next.AppendAsync("x");

        Assert.Equal(AppendResult.Fenced, await Store.DeleteAsync(first.Key, 1, 1));
        Assert.Equal(AppendResult.Stored, await Store.DeleteAsync(first.Key, 1, 2));
    }

    [Fact]
    public async Task A_session_that_was_used_elsewhere_is_not_ended_as_expired()
    {
        var session = new ScriptedSession(Store);
        await session.AppendAsync("x");
        await Store.TouchAsync([new(session.Key, ScriptedSession.Expiry.AddSeconds(1))]);

        Assert.Equal(AppendResult.Fenced, await Store.DeleteAsync(session.Key, 1, 1, ScriptedSession.Expiry));
        Assert.True((await session.LoadAsync()).Exists);
        Assert.Equal(AppendResult.Stored, await Store.DeleteAsync(session.Key, 1, 1, ScriptedSession.Expiry.AddSeconds(1)));
        Assert.False((await session.LoadAsync()).Exists);
    }

    [Fact]
    public async Task The_ends_of_many_logs_are_one_question()
    {
        var (logged, checkpointed) = (new ScriptedSession(Store, "a"), new ScriptedSession(Store, "b"));
        await logged.AppendManyAsync("x", 3);
        await checkpointed.AppendAsync("x", "y");
        await checkpointed.AppendAsync();
        await checkpointed.CheckpointAsync();
        await checkpointed.TrimAsync(maxChanges: 0, historyLimit: 1);

        var ends = await Store.ReadEndsAsync([Key("b"), Key("none"), Key("a"), Key("a", "tenant")], default);

        Assert.Equal(
            [new LogEnd(2, 2, ScriptedSession.Start), null, new LogEnd(3, 3, ScriptedSession.Start), null],
            ends);
        Assert.Empty(await Store.ReadEndsAsync([], default));
    }

    [Fact]
    public async Task An_ended_session_leaves_nothing_to_the_next_of_its_name()
    {
        var session = new ScriptedSession(Store);
        await session.AppendLargeAsync("x", ScriptedSession.Large(100_000, 1));
        await session.AppendAsync("y");
        await session.CheckpointAsync();
        await Store.DeleteAsync(session.Key, 2, 2);
        Assert.False((await session.LoadAsync()).Exists);

        var next = new ScriptedSession(Store, Key("s"), startRevision: 2);
        await next.AppendAsync("z");
        var loaded = await next.LoadAsync();
        Assert.Equal((0, 2), (loaded.CommitNumber, loaded.Revision));
        Assert.Empty(loaded.Variables);
        Assert.Single(loaded.CommitsAfter);
        Assert.Equal([3], Ends(await next.ReadLogAsync(0)));

        // What the first one's writer may still try.
        Assert.Equal(AppendResult.Fenced, await session.AppendAsync("x"));
        await session.CheckpointAsync();
        Assert.Equal(0, (await next.LoadAsync()).CommitNumber);
    }

    [Fact]
    public async Task Only_who_knows_the_newest_commit_can_end_a_session()
    {
        var session = new ScriptedSession(Store);
        await session.AppendManyAsync("x", 2);
        Assert.Equal(AppendResult.Fenced, await Store.DeleteAsync(session.Key, 1, 2));
        Assert.Equal(AppendResult.Fenced, await Store.DeleteAsync(Key("unknown"), 1, 0));
        Assert.Equal(AppendResult.Stored, await Store.DeleteAsync(Key("unknown"), 0, 0));
        Assert.True((await session.LoadAsync()).Exists);
        await session.CheckpointAsync();
        Assert.Equal(AppendResult.Stored, await Store.DeleteAsync(session.Key, 2, 2));
        Assert.Equal(AppendResult.Fenced, await Store.DeleteAsync(session.Key, 2, 2));
    }

    [Fact]
    public async Task The_count_follows_what_is_stored()
    {
        Assert.Equal(0, Store.Count);
        var sessions = Enumerable.Range(0, 5).Select(i => new ScriptedSession(Store, $"s{i}")).ToList();
        await Task.WhenAll(sessions.Select(session => session.AppendAsync("x")));
        Assert.Equal(5, Store.Count);
        await Store.DeleteAsync(sessions[0].Key, 1, 1);
        await Store.DeleteAsync(sessions[0].Key, 1, 1);
        await Store.DeleteAsync(sessions[1].Key, 7, 7);
        Assert.Equal(4, Store.Count);
    }

    [Fact]
    public async Task Expired_sessions_are_listed_soonest_first()
    {
        foreach (var id in new[] { "a", "b", "c", "d" })
        {
            await new ScriptedSession(Store, id).AppendAsync("x");
        }

        var now = ScriptedSession.Start;
        await Store.TouchAsync(
        [
            new(Key("a"), now.AddSeconds(3)),
            new(Key("b"), now.AddSeconds(1)),
            new(Key("c"), now.AddSeconds(2)),
            new(Key("d"), now.AddSeconds(9)),
            new(Key("gone"), now),
        ]);
        Assert.Empty(await Store.ListExpiredAsync(now, 10, default));
        Assert.Equal([Key("b")], await Store.ListExpiredAsync(now.AddSeconds(1), 10, default));
        Assert.Equal([Key("b"), Key("c"), Key("a")], await Store.ListExpiredAsync(now.AddSeconds(3), 10, default));
        Assert.Equal([Key("b"), Key("c")], await Store.ListExpiredAsync(now.AddSeconds(3), 2, default));
        Assert.Equal(now.AddSeconds(9), (await Store.LoadAsync(Key("d"), default)).ExpiresAt);

        await Store.DeleteAsync(Key("b"), 1, 1);
        Assert.Equal([Key("c"), Key("a")], await Store.ListExpiredAsync(now.AddSeconds(3), 10, default));
        Assert.Equal(3, Store.Count);
    }

    [Fact]
    public async Task Sessions_are_listed_in_pages_in_the_order_of_their_ids()
    {
        string[] ordered = ["A", "B", "a", "a1", "aa", "é", "\uE000", "\U0001F40D"];
        foreach (var id in ordered.Reverse())
        {
            await new ScriptedSession(Store, id).AppendAsync("x");
        }

        await new ScriptedSession(Store, Key("a", "tenant")).AppendAsync("x");

        var listed = new List<StoredSummary>();
        while (await Store.ListAsync("", listed.LastOrDefault()?.Key.SessionId ?? "", 3, default) is { Count: > 0 } page)
        {
            listed.AddRange(page);
        }

        Assert.Equal(ordered, listed.Select(summary => summary.Key.SessionId));
        Assert.Equal(ScriptedSession.Header("aa"), listed[4].Header);
        Assert.Equal(ScriptedSession.Expiry, listed[4].ExpiresAt);
        Assert.Equal(["a1", "aa"], (await Store.ListAsync("", "a0", 2, default)).Select(summary => summary.Key.SessionId));
        Assert.Equal(Key("a", "tenant"), Assert.Single(await Store.ListAsync("tenant", "", 10, default)).Key);
        Assert.Empty(await Store.ListAsync("tenant", "a", 10, default));
        Assert.Empty(await Store.ListAsync("nobody", "", 10, default));
    }

    [Fact]
    public async Task Times_are_kept_to_the_microsecond()
    {
        var session = new ScriptedSession(Store);
        await session.AppendAsync("x");
        var at = new DateTimeOffset(2031, 2, 3, 4, 5, 6, TimeSpan.FromHours(3)).AddMicroseconds(123_457);
        await Store.TouchAsync([new(session.Key, at)]);
        Assert.Equal(at, (await session.LoadAsync()).ExpiresAt);
    }
}
