using Snakepit.Storage;
using Snakepit.Storage.Sqlite;

namespace Snakepit.Tests.Storage;

/// <summary>What is in the file of large values, and what is answered with where it is not as it was.</summary>
public sealed class SqliteValueFileTests : SqliteValueTests
{
    [Fact]
    public async Task A_short_value_is_in_its_row_and_a_long_one_in_the_file()
    {
        await Session.AppendLargeAsync("x", ScriptedSession.Large(LargeValueWrites.LeastInFile - 1_000, 1));
        Assert.False(File.Exists(Values));
        await Session.AppendLargeAsync("x", ScriptedSession.Large(LargeValueWrites.LeastInFile, 2));
        Assert.InRange(Length, LargeValueWrites.LeastInFile, 2 * LargeValueWrites.LeastInFile);
        Assert.Equal(LargeValueWrites.LeastInFile, (await Session.LoadAsync()).CommitsAfter[1].Changes[0].Large!.BinaryValue.Length);
        Assert.InRange(Store.Length, Length + 1, long.MaxValue);
    }

    [Fact]
    public async Task A_file_that_is_gone_or_shorter_than_it_was_is_refused()
    {
        await FillAsync(2);
        await Store.DisposeAsync();
        var bytes = await File.ReadAllBytesAsync(Values, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(Values, bytes[..^1], TestContext.Current.CancellationToken);
        AssertRefused($"snakepit.values, which belongs to it, is truncated: it has {bytes.Length - 1} bytes of {bytes.Length}");
        File.Delete(Values);
        AssertRefused("snakepit.values, which belongs to it, is missing");
        Assert.EndsWith("is missing", Assert.Throws<StoreException>(() => FolderInspection.Of(Folder.Path, isDeep: false)).Message);
        await File.WriteAllBytesAsync(Values, bytes, TestContext.Current.CancellationToken);
        await ReopenAsync();
        await AssertAllAsync(1, 2);
        await Store.DisposeAsync();
        File.Move(Folder.File("snakepit.db"), Folder.File("elsewhere"));
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
        var read = await Assert.ThrowsAsync<StoreException>(Session.LoadAsync);
        Assert.Equal($"Cannot read {Folder.File("snakepit.db")}: {wanted}", read.Message);
        var inspected = Assert.Throws<StoreException>(() => FolderInspection.Of(Folder.Path, isDeep: true));
        Assert.EndsWith(wanted, inspected.Message);
        Assert.True(FolderInspection.Of(Folder.Path, isDeep: false).Exists);
        var exported = await Assert.ThrowsAsync<StoreException>(async () =>
        {
            await foreach (var _ in SqliteBackup.Of(Folder.Path).ExportAsync(default))
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
        await foreach (var record in SqliteBackup.Of(Folder.Path).ExportAsync(default))
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
}
