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

    // Threads that can be started.
    private int _left = int.MaxValue;

    public SqliteReadersTests()
    {
        _taken = DataFolder.Take(_folder.Path);
        _readers = new SqliteReaders(
            SqliteFile.Prepare(_taken, SqliteSchema.Steps), new LogTail(LogTail.Generation), Most, "test", Start);
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

    [Fact]
    public async Task Where_no_thread_can_be_started_a_reading_fails_and_the_next_may_not()
    {
        _left = 0;
        var failure = await Assert.ThrowsAsync<StoreException>(() => ReadAsync(static () => 1));
        Assert.Equal($"Cannot read {_folder.File("snakepit.db")}: no thread is left", failure.Message);
        Assert.False(failure.OutcomeUnknown);

        _left = 1;
        Assert.Equal(2, await ReadAsync(static () => 2).WaitAsync(Deadline));
        await _readers.DisposeAsync().AsTask().WaitAsync(Deadline);
    }

    [Fact]
    public async Task Where_no_more_threads_can_be_started_readings_wait_for_those_that_there_are()
    {
        _left = 1;
        using var go = new ManualResetEventSlim();
        var held = ReadAsync(() => go.Wait(Deadline) ? 0 : -1);
        var waiting = Enumerable.Range(1, 5).Select(n => ReadAsync(() => n)).ToList();
        Assert.All(waiting, static reading => Assert.False(reading.IsCompleted));

        go.Set();
        Assert.Equal(Enumerable.Range(0, 6), await Task.WhenAll([held, .. waiting]).WaitAsync(Deadline));
        await _readers.DisposeAsync().AsTask().WaitAsync(Deadline);
    }

    private void Start(Thread thread)
    {
        if (_left-- <= 0)
        {
            throw new InsufficientMemoryException("no thread is left");
        }

        thread.Start();
    }

    private Task<T> ReadAsync<T>(Func<T> read) => _readers.RunAsync(_ => read(), default);
}
