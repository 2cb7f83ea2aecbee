using Microsoft.Data.Sqlite;
using Snakepit.Sessions;
using Snakepit.Storage;
using Snakepit.Storage.Sqlite;

namespace Snakepit.Tests.Storage;

public sealed class SqliteReopeningTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Everything_is_there_after_closing_and_opening()
    {
        await using (var store = SqliteStore.Open(_folder.Path))
        {
            await FillAsync(store);
        }

        Assert.False(File.Exists(_folder.File("snakepit.db-wal")));
        await using var reopened = SqliteStore.Open(_folder.Path);
        await AssertFilledAsync(reopened);
    }

    [Theory]
    [InlineData(16 * 1024)]
    [InlineData(64 * 1024)]
    public async Task Pages_of_another_size_are_kept(int pageBytes)
    {
        await using (var store = SqliteStore.Open(_folder.Path))
        {
            await FillAsync(store);
            Assert.Equal(4 * 1024, await PageBytesAsync(store));
        }

        using (var connection = new SqliteConnection($"Data Source={_folder.File("snakepit.db")};Pooling=False"))
        {
            connection.Open();
            connection.Execute($"PRAGMA journal_mode = DELETE; PRAGMA page_size = {pageBytes}; VACUUM");
        }

        await using var reopened = SqliteStore.Open(_folder.Path);
        await AssertFilledAsync(reopened);
        Assert.Equal(pageBytes, await PageBytesAsync(reopened));
        var session = new ScriptedSession(reopened, "another");
        for (var i = 0; i < 400; i++)
        {
            await session.AppendLargeAsync("x", ScriptedSession.Large(LargeValueWrites.LeastInFile - 1_024, 1));
        }

        // However many pages that is, the log starts over.
        Assert.InRange(new FileInfo(_folder.File("snakepit.db-wal")).Length, 1, 90 * 1024 * 1024);
    }

    [Fact]
    public async Task What_was_answered_for_is_in_the_files_at_that_moment()
    {
        using var copy = new TemporaryFolder();
        await using (var store = SqliteStore.Open(_folder.Path))
        {
            await FillAsync(store);

            // What the death of the process would leave.
            foreach (var name in (string[])["snakepit.db", "snakepit.db-wal", "snakepit.values"])
            {
                File.Copy(_folder.File(name), copy.File(name));
            }
        }

        await using var reopened = SqliteStore.Open(copy.Path);
        await AssertFilledAsync(reopened);
    }

    [Fact]
    public async Task The_fence_does_not_depend_on_what_is_remembered()
    {
        Commit first, second, third;
        await using (var store = SqliteStore.Open(_folder.Path))
        {
            var session = new ScriptedSession(store);
            first = session.Next("x");
            await session.AppendAsync(first);
            second = session.Next("x");
            third = second with { Number = 3, FirstRevision = 3, LastRevision = 3 };
        }

        var key = new SessionKey("", "s");
        await using (var store = SqliteStore.Open(_folder.Path))
        {
            Assert.Equal(AppendResult.Fenced, await store.AppendAsync(key, first));
            Assert.Equal(AppendResult.Stored, await store.AppendAsync(key, second));
        }

        await using (var store = SqliteStore.Open(_folder.Path))
        {
            Assert.Equal(AppendResult.Fenced, await store.AppendAsync(key, second));
            Assert.Equal(AppendResult.Fenced, await store.AppendAsync(key, third with { Number = 4 }));
            Assert.Equal(AppendResult.Fenced, await store.AppendAsync(key, third with { FirstRevision = 9, LastRevision = 9 }));
        }

        await using (var store = SqliteStore.Open(_folder.Path))
        {
            Assert.Equal(AppendResult.Stored, await store.AppendAsync(key, third));
        }
    }

    [Fact]
    public async Task What_an_ended_session_left_is_removed_in_pieces_and_after_a_restart()
    {
        await using (var store = SqliteStore.Open(_folder.Path))
        {
            var session = new ScriptedSession(store, "big");
            await session.AppendManyAsync("x", 700);
            await session.AppendLargeAsync("z", ScriptedSession.Large(20 * 1024 * 1024, 1));
            await session.CheckpointAsync();
            await new ScriptedSession(store, "other").AppendAsync("x");

            // As if the process had died right after the end.
            await store.Writer.RunAsync(writes => writes.Sessions.Delete(session.Key, session.Number, session.Revision));
            Assert.True(await store.Writer.RunAsync(writes => writes.Removals.RemoveEnded()));
            Assert.Equal(202, await CountAsync(store, "log"));
            Assert.Equal(1, await CountAsync(store, "ended"));
        }

        await using var reopened = SqliteStore.Open(_folder.Path);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await CountAsync(reopened, "ended") > 0)
        {
            deadline.Token.ThrowIfCancellationRequested();
        }

        Assert.Equal(1, await CountAsync(reopened, "log"));
        Assert.Equal(0, await CountAsync(reopened, "variables"));
        Assert.Equal(0, await CountAsync(reopened, "large_values"));
        Assert.Equal(1, reopened.Count);
    }

    [Fact]
    public async Task A_kept_log_is_removed_when_it_goes_and_not_before_whatever_else_ends()
    {
        await using var store = SqliteStore.Open(_folder.Path);
        var (kept, other) = (await FilledAsync(store, "kept"), await FilledAsync(store, "other"));
        await store.DeleteAsync(kept.Key, kept.Number, kept.Revision, keepLogUntil: ScriptedSession.Expiry);
        await store.DeleteAsync(other.Key, other.Number, other.Revision);
        await RemovedAsync(store, left: 1);
        Assert.Equal((4, 4), (await CountAsync(store, "log"), await CountAsync(store, "large_values")));

        await store.PurgeEndedAsync(ScriptedSession.Expiry);
        await RemovedAsync(store, left: 0);
        Assert.Equal((0, 0), (await CountAsync(store, "log"), await CountAsync(store, "large_values")));
    }

    [Fact]
    public async Task A_kept_log_is_of_no_use_after_a_restart_and_removed()
    {
        await using (var store = SqliteStore.Open(_folder.Path))
        {
            var session = await FilledAsync(store, "s");
            await store.DeleteAsync(session.Key, session.Number, session.Revision, keepLogUntil: ScriptedSession.Expiry);
            Assert.NotNull(await store.ReadEndedLogAsync(session.Key, ScriptedSession.Start, 0, 1_000, default));
            Assert.Equal(4, await CountAsync(store, "log"));
        }

        await using var reopened = SqliteStore.Open(_folder.Path);
        Assert.Null(await reopened.ReadEndedLogAsync(new SessionKey("", "s"), ScriptedSession.Start, 0, 1_000, default));
        await RemovedAsync(reopened, left: 0);
        Assert.Equal(0, await CountAsync(reopened, "log"));
    }

    [Fact]
    public async Task An_end_that_is_rolled_back_keeps_no_log_and_removes_nothing()
    {
        await using var store = SqliteStore.Open(_folder.Path);
        var (kept, session) = (await FilledAsync(store, "kept"), await FilledAsync(store, "s"));
        await store.DeleteAsync(kept.Key, kept.Number, kept.Revision, keepLogUntil: ScriptedSession.Expiry);
        await Assert.ThrowsAsync<StoreException>(() => store.Writer.RunAsync(writes =>
        {
            writes.Sessions.Delete(session.Key, session.Number, session.Revision, null, ScriptedSession.Expiry);
            throw new InvalidOperationException("the transaction ends here");
        }));
        Assert.Null(await store.ReadEndedLogAsync(session.Key, ScriptedSession.Start, 0, 1_000, default));
        Assert.Equal(session.Revision, (await session.ReadLogAsync(0)).LastRevision);

        // What memory knew of the rows to be removed is read again: those that are kept are not among them.
        await store.DeleteAsync(session.Key, session.Number, session.Revision);
        await RemovedAsync(store, left: 1);
        Assert.Equal(4, await CountAsync(store, "log"));
        Assert.NotNull(await store.ReadEndedLogAsync(kept.Key, ScriptedSession.Start, 0, 1_000, default));
    }

    [Fact]
    public async Task Of_a_session_that_has_ended_no_floor_can_be_raised()
    {
        await using var store = SqliteStore.Open(_folder.Path);
        var session = await FilledAsync(store, "s");
        Assert.Equal(2, await store.Writer.RunAsync(writes => writes.Removals.RaiseFloor(1, 2)));
        await store.DeleteAsync(session.Key, session.Number, session.Revision, keepLogUntil: ScriptedSession.Expiry);
        Assert.Null(await store.Writer.RunAsync(writes => writes.Removals.RaiseFloor(1, 3)));
        Assert.Equal(2, (await store.ReadEndedLogAsync(session.Key, ScriptedSession.Start, 2, 1_000, default))!.Floor);
    }

    private static async Task<ScriptedSession> FilledAsync(SqliteStore store, string id)
    {
        var start = (await store.LoadAsync(new SessionKey("", id), default)).Revision;
        var session = new ScriptedSession(store, new SessionKey("", id), start);
        await session.AppendManyAsync("x", 3);
        await session.AppendLargeAsync("y", ScriptedSession.Large(3_500_000, 1));
        return session;
    }

    /// <summary>Waits until the rows of no more than so many ended sessions are there.</summary>
    private static async Task RemovedAsync(SqliteStore store, int left)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await CountAsync(store, "ended") > left)
        {
            deadline.Token.ThrowIfCancellationRequested();
        }
    }

    private static Task<long> CountAsync(SqliteStore store, string table) =>
        store.Writer.RunAsync(writes => writes.Connection.Number($"SELECT count(*) FROM {table}"));

    private static Task<long> PageBytesAsync(SqliteStore store) =>
        store.Writer.RunAsync(writes => writes.Connection.Number("PRAGMA page_size"));

    private static async Task FillAsync(SqliteStore store)
    {
        var session = new ScriptedSession(store);
        await session.AppendManyAsync("x", 5);
        await session.CheckpointAsync();
        await session.TrimAsync(maxChanges: 3, historyLimit: 1);
        await session.AppendLargeAsync("y", ScriptedSession.Large(1_500_000, 7));
        var ended = new ScriptedSession(store, new SessionKey("tenant", "ended"));
        await ended.AppendManyAsync("x", 9);
        await store.DeleteAsync(ended.Key, 9, ended.Revision);
        await store.TouchAsync([new(session.Key, ScriptedSession.Start)]);
        await store.Calculations.SaveAsync(new StoredCalculation("t", 1.5, ScriptedSession.Expiry));
    }

    private static async Task AssertFilledAsync(SqliteStore store)
    {
        Assert.Equal((1, 1), (store.Count, store.Calculations.Count));
        Assert.Equal(1.5, (await store.Calculations.FindAsync("t", default))!.Value);
        Assert.Equal(9, (await store.LoadAsync(new SessionKey("tenant", "new"), default)).Revision);
        var loaded = await store.LoadAsync(new SessionKey("", "s"), default);
        Assert.Equal((5, 5, 2), (loaded.CommitNumber, loaded.Revision, loaded.Floor));
        Assert.Equal(ScriptedSession.Start, loaded.ExpiresAt);
        Assert.Equal(ScriptedSession.Large(1_500_000, 7), Assert.Single(Assert.Single(loaded.CommitsAfter).Changes).Large);
    }
}
