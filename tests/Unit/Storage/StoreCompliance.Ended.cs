using Google.Protobuf.WellKnownTypes;
using Snakepit.Storage;

namespace Snakepit.Tests.Storage;

public abstract partial class StoreCompliance
{
    private static readonly DateTimeOffset KeptUntil = ScriptedSession.Start.AddMinutes(15);

    [Fact]
    public async Task A_log_that_is_kept_is_read_by_who_knows_when_its_session_was_made()
    {
        var session = new ScriptedSession(Store);
        await session.AppendManyAsync("x", 4);
        await session.AppendAsync();
        await session.AppendLargeAsync("y", ScriptedSession.Large(1_500_000, 7));
        await session.AppendAsync("x", "z");
        var whole = await session.ReadLogAsync(0);
        await EndAsync(session);

        Assert.Equal(Answers.Plain(whole.Commits), Answers.Plain((await ReadEndedAsync(session, 0))!.Commits));
        var page = (await ReadEndedAsync(session, 3))!;
        Assert.Equal([4, 5, 7], Ends(page));
        Assert.Equal((0, 7, ScriptedSession.Start), (page.Floor, page.LastRevision, page.CreatedAt));
        Assert.Equal(ScriptedSession.Large(1_500_000, 7), page.Commits[1].Changes[0].Large);
        Assert.Equal([4], Ends((await ReadEndedAsync(session, 3, maxBytes: 1))!));
        Assert.Empty((await ReadEndedAsync(session, long.MaxValue))!.Commits);
        Assert.Null(await Store.ReadEndedLogAsync(session.Key, ScriptedSession.Start.AddMicroseconds(1), 0, 1_000, default));
        Assert.Null(await Store.ReadEndedLogAsync(Key("s", "tenant"), ScriptedSession.Start, 0, 1_000, default));
    }

    [Fact]
    public async Task Nothing_else_sees_of_a_session_whose_log_is_kept_that_it_was_there()
    {
        var session = new ScriptedSession(Store);
        await session.AppendManyAsync("x", 3);
        await session.CheckpointAsync();
        await EndAsync(session);

        Assert.False((await session.LoadAsync()).Exists);
        Assert.Null(await Store.ReadLogAsync(session.Key, 0, 1_000, default));
        Assert.Equal([null], await Store.ReadEndsAsync([session.Key], default));
        Assert.Empty(await Store.ReadChainAsync(session.Key, 3, 10, default));
        Assert.Empty(await Store.ListAsync("", "", 10, default));
        Assert.Empty(await Store.ListExpiredAsync(ScriptedSession.Expiry.AddDays(1), 10, default));
        Assert.Equal(0, await session.TrimAsync(0, 1));
        Assert.Equal(0, Store.Count);
        Assert.Equal(AppendResult.Fenced, await session.AppendAsync("x"));
        Assert.Equal(AppendResult.Fenced, await Store.DeleteAsync(session.Key, 3, 3));
        await session.CheckpointAsync();
        await Store.TouchAsync([new(session.Key, ScriptedSession.Start)]);
        Assert.Equal([1, 2, 3], Ends((await ReadEndedAsync(session, 0))!));
    }

    [Fact]
    public async Task A_kept_log_and_that_of_the_next_session_of_its_name_are_two()
    {
        var session = new ScriptedSession(Store);
        await session.AppendManyAsync("x", 3);
        await EndAsync(session);
        var next = new ScriptedSession(Store, session.Key, startRevision: 3);
        await next.AppendAsync(MadeAt(next.Next("x"), ScriptedSession.Start.AddMicroseconds(1)));

        var page = await next.ReadLogAsync(0);
        Assert.Equal([4], Ends(page));
        Assert.Equal(ScriptedSession.Start.AddMicroseconds(1), page.CreatedAt);
        Assert.Equal([1, 2, 3], Ends((await ReadEndedAsync(session, 0))!));

        await EndAsync(next);
        Assert.Equal([1, 2, 3], Ends((await ReadEndedAsync(session, 0))!));
        Assert.Equal([4], Ends((await Store.ReadEndedLogAsync(
            session.Key, ScriptedSession.Start.AddMicroseconds(1), 0, 1_000, default))!));
    }

    [Fact]
    public async Task A_log_is_kept_with_the_floor_that_it_had()
    {
        var session = new ScriptedSession(Store);
        await session.AppendManyAsync("x", 9);
        await session.CheckpointAsync();
        Assert.Equal(5, await session.TrimAsync(maxChanges: 4, historyLimit: 1));
        await EndAsync(session);
        var page = (await ReadEndedAsync(session, 5))!;
        Assert.Equal((5, 9), (page.Floor, page.LastRevision));
        Assert.Equal([6, 7, 8, 9], Ends(page));

        // Of this one nothing is left in the log but where it ended.
        var trimmed = new ScriptedSession(Store, Key("trimmed"), startRevision: 9);
        await trimmed.AppendAsync("x");
        await trimmed.DeleteVariableAsync("x");
        await trimmed.CheckpointAsync();
        Assert.Equal(11, await trimmed.TrimAsync(maxChanges: 0, historyLimit: 1));
        await EndAsync(trimmed);
        page = (await ReadEndedAsync(trimmed, 9))!;
        Assert.Equal((11, 11), (page.Floor, page.LastRevision));
        Assert.Empty(page.Commits);
    }

    [Fact]
    public async Task Only_a_session_that_was_ended_so_leaves_its_log()
    {
        var (plain, refused) = (new ScriptedSession(Store, "plain"), new ScriptedSession(Store, "refused"));
        await plain.AppendAsync("x");
        await refused.AppendManyAsync("x", 2);
        await Store.DeleteAsync(plain.Key, 1, 1);
        Assert.Equal(AppendResult.Fenced, await Store.DeleteAsync(refused.Key, 1, 1, keepLogUntil: KeptUntil));
        Assert.Equal(AppendResult.Fenced, await Store.DeleteAsync(refused.Key, 2, 2, ScriptedSession.Start, KeptUntil));
        Assert.Equal(AppendResult.Stored, await Store.DeleteAsync(Key("unknown"), 0, 0, keepLogUntil: KeptUntil));
        foreach (var id in new[] { "plain", "refused", "unknown" })
        {
            Assert.Null(await Store.ReadEndedLogAsync(Key(id), ScriptedSession.Start, 0, 1_000, default));
        }

        Assert.True((await refused.LoadAsync()).Exists);
    }

    [Fact]
    public async Task A_kept_log_goes_when_its_time_has_passed()
    {
        var (sooner, later) = (new ScriptedSession(Store, "sooner"), new ScriptedSession(Store, "later"));
        await sooner.AppendManyAsync("x", 3);
        await later.AppendManyAsync("x", 3);
        await EndAsync(later, KeptUntil.AddSeconds(1));
        await EndAsync(sooner);

        await Store.PurgeEndedAsync(KeptUntil.AddMicroseconds(-1));
        Assert.NotNull(await ReadEndedAsync(sooner, 0));
        await Store.PurgeEndedAsync(KeptUntil);
        Assert.Null(await ReadEndedAsync(sooner, 0));
        Assert.Equal([1, 2, 3], Ends((await ReadEndedAsync(later, 0))!));
        await Store.PurgeEndedAsync(KeptUntil.AddDays(1));
        Assert.Null(await ReadEndedAsync(later, 0));

        // Revisions do not return for all that.
        Assert.Equal(3, (await sooner.LoadAsync()).Revision);
    }

    [Fact]
    public async Task Who_reads_a_log_while_it_goes_gets_a_whole_page_or_none()
    {
        var session = new ScriptedSession(Store);
        for (var i = 0; i < 40; i++)
        {
            await session.AppendLargeAsync("x", ScriptedSession.Large(70_000, (byte)i));
        }

        await EndAsync(session);
        var reading = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (await ReadEndedAsync(session, 0) is { } page)
            {
                Assert.Equal(Enumerable.Range(1, 40), Ends(page).Select(end => (int)end));
                Assert.All(page.Commits, commit => Assert.NotNull(commit.Changes[0].Large));
            }
        })).ToList();
        await Store.PurgeEndedAsync(KeptUntil);
        await Task.WhenAll(reading);
    }

    private async Task EndAsync(ScriptedSession session, DateTimeOffset? until = null) => Assert.Equal(
        AppendResult.Stored,
        await Store.DeleteAsync(session.Key, session.Number, session.Revision, keepLogUntil: until ?? KeptUntil));

    private ValueTask<LogPage?> ReadEndedAsync(ScriptedSession session, long after, int maxBytes = int.MaxValue) =>
        Store.ReadEndedLogAsync(session.Key, ScriptedSession.Start, after, maxBytes, default);

    private static Commit MadeAt(Commit first, DateTimeOffset time)
    {
        first.Record.Header.CreatedAt = time.ToTimestamp();
        return first;
    }
}
