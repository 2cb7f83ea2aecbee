using Snakepit.Storage;
using Snakepit.Storage.Sqlite;
using SQLitePCL;

namespace Snakepit.Tests.Storage;

/// <summary>Where in the file of large values a chunk is put, and when its place is another's.</summary>
public sealed class SqliteValuePlaceTests : SqliteValueTests
{
    [Fact]
    public async Task A_place_is_another_s_only_once_no_snapshot_can_have_its_row()
    {
        await FillAsync(20);
        var file = SqliteFile.In(Folder.Path);
        using (var reader = file.OpenReader())
        using (var rows = new LogRows(reader, file.Values))
        {
            reader.Execute("BEGIN");
            Assert.Equal(20, reader.Number("SELECT count(*) FROM log"));
            await TrimAsync();

            // Far more than what makes the log start over, where nobody is in the way.
            await FillAsync(20, firstFill: 100);
            for (byte n = 1; n <= 20; n++)
            {
                AssertLarge(n, rows.LargeValues(1).Find(n));
            }
        }

        // From here on nobody is.
        var end = Length;
        await FillUntilAsync(async () => await NewestPlaceAsync() < end / 2);
        AssertLarge(200, (await Session.ReadLogAsync(Session.Revision - 1)).Commits[0].Changes[0].Large);
    }

    [Fact]
    public async Task AStore_that_is_opened_finds_what_is_free()
    {
        await FillAsync(40);
        await TrimAsync();
        await ReopenAsync();
        var end = Length;
        await FillUntilAsync(async () => await NewestPlaceAsync() < end / 2);
        AssertLarge(200, (await Session.ReadLogAsync(Session.Revision - 1)).Commits[0].Changes[0].Large);
    }

    [Fact]
    public async Task What_is_free_at_the_end_goes_back_to_the_file_system()
    {
        await Session.AppendLargeAsync("x", ScriptedSession.Large(Long, 1));
        var other = new ScriptedSession(Store, "other");
        for (byte n = 0; n < 40; n++)
        {
            await other.AppendLargeAsync("x", ScriptedSession.Large(Long, n));
        }

        Assert.InRange(Length, 41 * Long, long.MaxValue);
        await Store.DeleteAsync(other.Key, other.Number, other.Revision);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (Length > 2 * Long)
        {
            deadline.Token.ThrowIfCancellationRequested();
            await Session.AppendAsync("y");
        }

        AssertLarge(1, (await Session.LoadAsync()).CommitsAfter[0].Changes[0].Large);
    }

    [Fact]
    public async Task What_was_rolled_back_leaves_its_place_free()
    {
        await Session.AppendLargeAsync("x", ScriptedSession.Large(Long, 1));
        var end = Length;
        await Assert.ThrowsAsync<StoreException>(() => Store.Writer.RunAsync(writes =>
        {
            writes.Large.Append(1, 99, ScriptedSession.Large(Long, 9));
            throw new InvalidOperationException("the transaction ends here");
        }));
        await Session.AppendLargeAsync("x", ScriptedSession.Large(Long, 2));
        Assert.Equal(FreeSpace.Rounded(end), await FirstPlaceAsync(revision: 2));
        await AssertAllAsync(1, 2);
    }

    [Fact]
    public async Task What_may_have_been_committed_after_all_keeps_its_place_until_the_log_starts_over()
    {
        await Session.AppendLargeAsync("x", ScriptedSession.Large(Long, 1));
        var end = Length;
        var fail = 0;
        await Store.Writer.RunAsync(writes => raw.sqlite3_commit_hook(writes.Connection.Handle, _ => Volatile.Read(ref fail), null));
        Volatile.Write(ref fail, 1);
        var error = await Assert.ThrowsAsync<StoreException>(() => Session.AppendLargeAsync("x", ScriptedSession.Large(Long, 9)));
        Assert.True(error.OutcomeUnknown);
        Volatile.Write(ref fail, 0);
        await Session.AppendLargeAsync("x", ScriptedSession.Large(Long, 2));
        Assert.InRange(await FirstPlaceAsync(revision: 2), end + Long, long.MaxValue);
        Assert.InRange(await ReleasedAsync(), Long, 2 * Long);
        await AssertAllAsync(1, 2);
    }

    [Fact]
    public async Task What_may_be_in_the_log_keeps_its_place_until_another_transaction_is_written_over_it()
    {
        await Session.AppendLargeAsync("x", ScriptedSession.Large(Long, 1));
        var place = await Store.Writer.RunAsync(writes =>
        {
            writes.Large.Append(1, 99, ScriptedSession.Large(Long, 9));
            var place = writes.Connection.Number("SELECT place FROM large_values WHERE revision = 99 AND chunk = 0");
            writes.Connection.Execute("DELETE FROM large_values WHERE revision = 99");
            writes.Large.AfterRollback(isKnown: false);

            // That the log has started over changes nothing of what is behind its end.
            writes.Large.OnLogStartedOver();
            return place;
        });
        Assert.InRange(await ReleasedAsync(), Long, 2 * Long);
        await Session.AppendLargeAsync("x", ScriptedSession.Large(Long, 2));
        Assert.InRange(await NewestPlaceAsync(), place + Long, long.MaxValue);
        await Store.Writer.RunAsync(writes => writes.Large.OnLogStartedOver());
        await Session.AppendLargeAsync("x", ScriptedSession.Large(Long, 3));
        Assert.Equal(place, await NewestPlaceAsync());
        await AssertAllAsync(1, 2, 3);
    }

    [Fact]
    public async Task AStore_that_is_opened_often_does_not_begin_at_the_end_each_time()
    {
        for (var life = 0; life < 8; life++)
        {
            await FillAsync(12);
            await TrimAsync();
            await ReopenAsync();
        }

        Assert.InRange(Length, 12 * Long, 45 * Long);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Readers_that_overlap_do_not_keep_what_is_free_from_being_used_again(bool isReopened)
    {
        var read = new ScriptedSession(Store, "read");
        for (byte n = 0; n < 5; n++)
        {
            await read.AppendLargeAsync("x", ScriptedSession.Large(Long, n));
        }

        if (isReopened)
        {
            // What is free is not known yet, and readers are there before anything is written.
            await ReopenAsync();
            read = new ScriptedSession(Store, read.Key, read.Revision, read.Number);
        }

        var end = false;
        var readers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!Volatile.Read(ref end))
            {
                await read.LoadAsync();
            }
        })).ToList();
        await FillAsync(80);
        await TrimAsync();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await ReleasedAsync() > 80 * Long / 4)
        {
            deadline.Token.ThrowIfCancellationRequested();
            await Session.AppendLargeAsync("x", ScriptedSession.Large(Long, 200));
            await TrimAsync();
        }

        Volatile.Write(ref end, true);
        await Task.WhenAll(readers);
    }
}
