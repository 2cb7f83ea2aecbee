using System.Collections.Concurrent;
using Snakepit.Storage;
using Snakepit.Storage.Sqlite;

namespace Snakepit.Tests.Storage;

public sealed class SqliteReadersTests : IDisposable
{
    private const int Most = 3;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly TemporaryFolder _folder = new();
    private readonly DataFolder _taken;
    private readonly SqliteReaders _readers;

    public SqliteReadersTests()
    {
        _taken = DataFolder.Take(_folder.Path);
        _readers = new SqliteReaders(
            SqliteFile.Prepare(_taken, SqliteSchema.Steps), new LogTail(LogTail.Generation), Most, "test");
    }

    public void Dispose()
    {
        _taken.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task As_many_as_there_may_be_read_at_once_and_the_rest_wait_for_them()
    {
        using var begun = new CountdownEvent(Most);
        using var go = new ManualResetEventSlim();
        var threads = new ConcurrentBag<string?>();
        var first = Enumerable.Range(0, Most).Select(_ => ReadAsync(() =>
        {
            begun.Signal();
            Assert.True(go.Wait(Deadline));
            threads.Add(Thread.CurrentThread.Name);
            return true;
        })).ToList();
        Assert.True(await Task.Run(() => begun.Wait(Deadline)));

        var second = Enumerable.Range(0, 20).Select(_ => ReadAsync(() =>
        {
            threads.Add(Thread.CurrentThread.Name);
            return true;
        })).ToList();
        Assert.Empty(threads);
        go.Set();
        await Task.WhenAll([.. first, .. second]).WaitAsync(Deadline);

        Assert.Equal(Most + 20, threads.Count);
        Assert.Equal(
            [.. Enumerable.Range(1, Most).Select(n => $"snakepit store test {n}")], threads.Distinct().Order());
        await _readers.DisposeAsync();
    }

    [Fact]
    public async Task What_waits_is_read_before_they_are_closed_and_nothing_after()
    {
        using var go = new ManualResetEventSlim();
        var readings = Enumerable.Range(0, 10).Select(n => ReadAsync(() => go.Wait(Deadline) ? n : -1)).ToList();
        var closed = _readers.DisposeAsync().AsTask();
        Assert.False(closed.IsCompleted);
        await Assert.ThrowsAsync<StoreException>(() => ReadAsync(static () => true));

        go.Set();
        await closed.WaitAsync(Deadline);
        Assert.Equal(Enumerable.Range(0, 10), await Task.WhenAll(readings));
    }

    private Task<T> ReadAsync<T>(Func<T> read) => _readers.RunAsync(_ => read(), default);
}
