using Snakepit.Protocol.Storing;
using Snakepit.Storage;
using Snakepit.Storage.Sqlite;
using SQLitePCL;

namespace Snakepit.Tests.Storage;

/// <summary>Large values whose bytes are in a file beside the database.</summary>
public sealed class SqliteValueFileTests : IAsyncDisposable
{
    private const int Long = 4 * 1024 * 1024;

    private readonly TemporaryFolder _folder = new();
    private SqliteStore _store;
    private ScriptedSession _session;

    public SqliteValueFileTests()
    {
        _store = SqliteStore.Open(_folder.Path);
        _session = new ScriptedSession(_store);
    }

    private string Values => _folder.File("snakepit.values");

    private long Length => new FileInfo(Values).Length;

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_short_value_is_in_its_row_and_a_long_one_in_the_file()
    {
        await _session.AppendLargeAsync("x", ScriptedSession.Large(LargeValueWrites.LeastInFile - 1_000, 1));
        Assert.False(File.Exists(Values));
        await _session.AppendLargeAsync("x", ScriptedSession.Large(LargeValueWrites.LeastInFile, 2));
        Assert.InRange(Length, LargeValueWrites.LeastInFile, 2 * LargeValueWrites.LeastInFile);
        Assert.Equal(LargeValueWrites.LeastInFile, (await _session.LoadAsync()).CommitsAfter[1].Changes[0].Large!.BinaryValue.Length);
        Assert.InRange(_store.Length, Length + 1, long.MaxValue);
    }

    [Fact]
    public async Task A_place_is_another_s_only_once_no_snapshot_can_have_its_row()
    {
        await FillAsync(20);
        var file = SqliteFile.In(_folder.Path);
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
        AssertLarge(200, (await _session.ReadLogAsync(_session.Revision - 1)).Commits[0].Changes[0].Large);
    }

    [Fact]
    public async Task A_store_that_is_opened_finds_what_is_free()
    {
        await FillAsync(40);
        await TrimAsync();
        await ReopenAsync();
        var end = Length;
        await FillUntilAsync(async () => await NewestPlaceAsync() < end / 2);
        AssertLarge(200, (await _session.ReadLogAsync(_session.Revision - 1)).Commits[0].Changes[0].Large);
    }

    [Fact]
    public async Task What_is_free_at_the_end_goes_back_to_the_file_system()
    {
        await _session.AppendLargeAsync("x", ScriptedSession.Large(Long, 1));
        var other = new ScriptedSession(_store, "other");
        for (byte n = 0; n < 40; n++)
        {
            await other.AppendLargeAsync("x", ScriptedSession.Large(Long, n));
        }

        Assert.InRange(Length, 41 * Long, long.MaxValue);
        await _store.DeleteAsync(other.Key, other.Number, other.Revision);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (Length > 2 * Long)
        {
            deadline.Token.ThrowIfCancellationRequested();
            await _session.AppendAsync("y");
        }

        AssertLarge(1, (await _session.LoadAsync()).CommitsAfter[0].Changes[0].Large);
    }

    [Fact]
    public async Task What_was_rolled_back_leaves_its_place_free()
    {
        await _session.AppendLargeAsync("x", ScriptedSession.Large(Long, 1));
        var end = Length;
        await Assert.ThrowsAsync<StoreException>(() => _store.Writer.RunAsync(writes =>
        {
            writes.Large.Append(1, 99, ScriptedSession.Large(Long, 9));
            throw new InvalidOperationException("the transaction ends here");
        }));
        await _session.AppendLargeAsync("x", ScriptedSession.Large(Long, 2));
        Assert.Equal(FreeSpace.Rounded(end), await FirstPlaceAsync(revision: 2));
        await AssertAllAsync(1, 2);
    }

    [Fact]
    public async Task What_may_have_been_committed_after_all_keeps_its_place_until_the_log_starts_over()
    {
        await _session.AppendLargeAsync("x", ScriptedSession.Large(Long, 1));
        var end = Length;
        var fail = 0;
        await _store.Writer.RunAsync(writes => raw.sqlite3_commit_hook(writes.Connection.Handle, _ => Volatile.Read(ref fail), null));
        Volatile.Write(ref fail, 1);
        var error = await Assert.ThrowsAsync<StoreException>(() => _session.AppendLargeAsync("x", ScriptedSession.Large(Long, 9)));
        Assert.True(error.OutcomeUnknown);
        Volatile.Write(ref fail, 0);
        await _session.AppendLargeAsync("x", ScriptedSession.Large(Long, 2));
        Assert.InRange(await FirstPlaceAsync(revision: 2), end + Long, long.MaxValue);
        Assert.InRange(await ReleasedAsync(), Long, 2 * Long);
        await AssertAllAsync(1, 2);
    }

    [Fact]
    public async Task What_may_be_in_the_log_keeps_its_place_until_another_transaction_is_written_over_it()
    {
        await _session.AppendLargeAsync("x", ScriptedSession.Large(Long, 1));
        var place = await _store.Writer.RunAsync(writes =>
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
        await _session.AppendLargeAsync("x", ScriptedSession.Large(Long, 2));
        Assert.InRange(await NewestPlaceAsync(), place + Long, long.MaxValue);
        await _store.Writer.RunAsync(writes => writes.Large.OnLogStartedOver());
        await _session.AppendLargeAsync("x", ScriptedSession.Large(Long, 3));
        Assert.Equal(place, await NewestPlaceAsync());
        await AssertAllAsync(1, 2, 3);
    }

    [Fact]
    public async Task A_store_that_is_opened_often_does_not_begin_at_the_end_each_time()
    {
        for (var life = 0; life < 8; life++)
        {
            await FillAsync(12);
            await TrimAsync();
            await ReopenAsync();
        }

        Assert.InRange(Length, 12 * Long, 45 * Long);
    }

    [Fact]
    public async Task Readers_that_overlap_do_not_keep_what_is_free_from_being_used_again()
    {
        var read = new ScriptedSession(_store, "read");
        for (byte n = 0; n < 5; n++)
        {
            await read.AppendLargeAsync("x", ScriptedSession.Large(Long, n));
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
            await _session.AppendLargeAsync("x", ScriptedSession.Large(Long, 200));
            await TrimAsync();
        }

        Volatile.Write(ref end, true);
        await Task.WhenAll(readers);
    }

    [Fact]
    public async Task A_file_that_is_gone_or_shorter_than_it_was_is_refused()
    {
        await FillAsync(2);
        await _store.DisposeAsync();
        var bytes = await File.ReadAllBytesAsync(Values, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(Values, bytes[..^1], TestContext.Current.CancellationToken);
        AssertRefused($"snakepit.values, which belongs to it, is truncated: it has {bytes.Length - 1} bytes of {bytes.Length}");
        File.Delete(Values);
        AssertRefused("snakepit.values, which belongs to it, is missing");
        Assert.EndsWith("is missing", Assert.Throws<StoreException>(() => FolderInspection.Of(_folder.Path, isDeep: false)).Message);
        await File.WriteAllBytesAsync(Values, bytes, TestContext.Current.CancellationToken);
        await ReopenAsync();
        await AssertAllAsync(1, 2);
        await _store.DisposeAsync();
        File.Move(_folder.File("snakepit.db"), _folder.File("elsewhere"));
        AssertRefused("it is missing, but snakepit.values, which belongs to it, is there");
        Assert.Equal(bytes, await File.ReadAllBytesAsync(Values, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Other_bytes_than_were_written_are_never_answered_with()
    {
        await FillAsync(2);
        var place = await FirstPlaceAsync(revision: 2);
        await using (var file = new FileStream(Values, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            file.Position = place + 12_345;
            file.WriteByte(3);
        }

        var wanted = $"snakepit.values is damaged at {place}: what is there is not what was written";
        var read = await Assert.ThrowsAsync<StoreException>(_session.LoadAsync);
        Assert.Equal($"Cannot read {_folder.File("snakepit.db")}: {wanted}", read.Message);
        var inspected = Assert.Throws<StoreException>(() => FolderInspection.Of(_folder.Path, isDeep: true));
        Assert.EndsWith(wanted, inspected.Message);
        Assert.True(FolderInspection.Of(_folder.Path, isDeep: false).Exists);
        var exported = await Assert.ThrowsAsync<StoreException>(async () =>
        {
            await foreach (var _ in SqliteBackup.Of(_folder.Path).ExportAsync(default))
            {
            }
        });
        Assert.Contains(wanted, exported.Message);
    }

    [Fact]
    public async Task An_export_has_the_values_of_its_moment()
    {
        await FillAsync(20);
        var chunks = new List<byte[]>();
        await foreach (var record in SqliteBackup.Of(_folder.Path).ExportAsync(default))
        {
            if (record.LargeValue is { } large)
            {
                // What is exported goes meanwhile, and others come.
                chunks.Add(large.Bytes.ToByteArray());
                if (chunks.Count == 1)
                {
                    await TrimAsync();
                    await FillAsync(20, firstFill: 100);
                }
            }
        }

        Assert.Equal(20 * ((Long / LargeValueWrites.ChunkLength) + 1), chunks.Count);
        for (var n = 0; n < 20; n++)
        {
            Assert.Equal(n + 1, chunks[(n * 5) + 2][0]);
            Assert.Equal(LargeValueWrites.ChunkLength, chunks[(n * 5) + 2].AsSpan().Count((byte)(n + 1)));
        }
    }

    /// <summary>Commits of one large value each: of bytes 1, 2, … unless told otherwise.</summary>
    private async Task FillAsync(int count, byte firstFill = 1)
    {
        for (var n = 0; n < count; n++)
        {
            await _session.AppendLargeAsync("x", ScriptedSession.Large(Long, (byte)(firstFill + n)));
        }
    }

    /// <summary>Goes on with large values, and more than the log needs to start over.</summary>
    private async Task FillUntilAsync(Func<Task<bool>> isReached)
    {
        for (var n = 0; n < 60; n++)
        {
            await _session.AppendLargeAsync("x", ScriptedSession.Large(Long, 200));
            if (await isReached())
            {
                return;
            }

            if (n % 20 == 19)
            {
                await TrimAsync();
            }
        }

        Assert.Fail($"{Length / Long} values take the room of their own");
    }

    /// <summary>Lets go of all but the newest.</summary>
    private async Task TrimAsync()
    {
        await _session.CheckpointAsync();
        await _session.TrimAsync(maxChanges: 1, historyLimit: 1);
    }

    private async Task ReopenAsync()
    {
        await _store.DisposeAsync();
        _store = SqliteStore.Open(_folder.Path);
        _session = new ScriptedSession(_store, _session.Key, _session.Revision, _session.Number);
    }

    private async Task AssertAllAsync(params byte[] fills)
    {
        var page = await _session.ReadLogAsync(0);
        Assert.Equal(fills.Length, page.Commits.Count);
        for (var n = 0; n < fills.Length; n++)
        {
            AssertLarge(fills[n], page.Commits[n].Changes[0].Large);
        }
    }

    // Without showing some millions of bytes.
    private static void AssertLarge(byte fill, LargeValue? found) =>
        Assert.True(ScriptedSession.Large(Long, fill).Equals(found), $"it is not the value of {fill}");

    private Task<long> ReleasedAsync() => _store.Writer.RunAsync(writes => writes.Large.ReleasedBytes);

    private Task<long> NewestPlaceAsync() => FirstPlaceAsync(_session.Revision);

    private Task<long> FirstPlaceAsync(long revision) =>
        _store.Writer.RunAsync(writes => writes.Connection.Number($"SELECT place FROM large_values WHERE revision = {revision} AND chunk = 0"));

    private void AssertRefused(string reason)
    {
        var error = Assert.Throws<StoreException>(() => SqliteStore.Open(_folder.Path));
        Assert.Equal($"Cannot open {_folder.File("snakepit.db")}: {reason}", error.Message);
    }
}
