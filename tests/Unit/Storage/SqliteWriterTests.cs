using Snakepit.Storage;
using Snakepit.Storage.Sqlite;
using SQLitePCL;

namespace Snakepit.Tests.Storage;

public sealed class SqliteWriterTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SqliteStore _store;

    public SqliteWriterTests()
    {
        _store = SqliteStore.Open(_folder.Path);
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_gathers_goes_into_one_transaction()
    {
        var sessions = Enumerable.Range(0, 100).Select(i => new ScriptedSession(_store, $"s{i}")).ToList();
        var commits = 0;
        await _store.Tidied;
        await _store.Writer.RunAsync(writes => raw.sqlite3_commit_hook(writes.Connection.Handle, _ => Count(), null));
        commits = 0;
        await TogetherAsync(() => sessions.Select(session => session.AppendAsync("x")));
        Assert.Equal(2, commits); // The one that held the writer up, and the hundred.
        Assert.Equal(100, _store.Count);

        int Count()
        {
            commits++;
            return 0;
        }
    }

    [Fact]
    public async Task A_full_disk_fails_what_was_asked_and_nothing_else()
    {
        var sessions = Enumerable.Range(0, 3).Select(i => new ScriptedSession(_store, $"s{i}")).ToList();
        await Task.WhenAll(sessions.Select(session => session.AppendAsync("x")));
        await LimitPagesAsync("page_count + 20");

        var appends = await TogetherAsync(() =>
        [
            sessions[0].AppendAsync("x"),
            sessions[1].AppendLargeAsync("x", ScriptedSession.Large(200_000, 1)),
            new ScriptedSession(_store, "new").AppendAsync("x"),
        ]);
        foreach (var append in appends)
        {
            var error = await Assert.ThrowsAsync<StoreException>(() => append);
            Assert.Equal($"Cannot write {_folder.File("snakepit.db")}: the disk is full", error.Message);
            Assert.False(error.OutcomeUnknown);
        }

        Assert.Equal(3, _store.Count);
        Assert.Equal(AppendResult.Stored, await sessions[0].AppendAsync("x")); // It is small.
        Assert.Single((await sessions[1].LoadAsync()).CommitsAfter);

        await LimitPagesAsync("page_count + 1000000");
        Assert.Equal(AppendResult.Stored, await sessions[2].AppendAsync("x"));
        Assert.Equal(AppendResult.Stored, await new ScriptedSession(_store, "new").AppendAsync("x"));
        Assert.Equal(4, _store.Count);
    }

    [Fact]
    public async Task An_operation_that_cannot_be_done_fails_alone()
    {
        var sessions = Enumerable.Range(0, 4).Select(i => new ScriptedSession(_store, $"s{i}")).ToList();
        var tasks = await TogetherAsync(() =>
        [
            sessions[0].AppendAsync("x"),
            sessions[1].AppendAsync("x"),
            _store.Writer.RunAsync(_ => throw new InvalidOperationException("a fault")),
            sessions[2].AppendAsync("x"),
            sessions[3].AppendAsync("x"),
        ]);
        var error = await Assert.ThrowsAsync<StoreException>(() => tasks[2]);
        Assert.Contains("a fault", error.Message);
        await Task.WhenAll(tasks.Where((_, i) => i != 2));
        Assert.Equal(4, _store.Count);
        Assert.All(sessions, session => Assert.Equal(1, session.Number));
    }

    [Fact]
    public async Task A_commit_that_fails_at_the_last_has_an_unknown_outcome()
    {
        var session = new ScriptedSession(_store);
        await session.AppendAsync("x");
        var fail = 0;
        await _store.Writer.RunAsync(writes => raw.sqlite3_commit_hook(writes.Connection.Handle, _ => Volatile.Read(ref fail), null));
        Volatile.Write(ref fail, 1);
        var error = await Assert.ThrowsAsync<StoreException>(() => session.AppendAsync("x"));
        Assert.True(error.OutcomeUnknown);
        await Assert.ThrowsAsync<StoreException>(() => new ScriptedSession(_store, "new").AppendAsync("x"));
        Assert.Equal(1, _store.Count);

        Volatile.Write(ref fail, 0);
        Assert.Equal(AppendResult.Stored, await session.AppendAsync("x"));
        Assert.Equal(2, (await session.LoadAsync()).CommitsAfter.Count);
    }

    [Fact]
    public async Task A_large_value_to_which_a_commit_refers_that_came_during_the_trim_stays()
    {
        var session = new ScriptedSession(_store);
        await session.AppendLargeAsync("x", ScriptedSession.Large(100_000, 1));
        await session.AppendLargeAsync("x", ScriptedSession.Large(100_000, 2));
        await session.AppendAsync("x");
        var seen = new LogPosition(session.Revision, session.Number);
        await session.ReferAsync("y", large: 1);

        var last = await _store.Writer.RunAsync(writes => writes.Removals.DeleteLargeValues(session.Key, 1, [1, 2], [1, 2], seen));
        Assert.Equal(new LogPosition(4, 4), last);
        var stored = await _store.Writer.RunAsync(writes => writes.Connection.Number("SELECT sum(revision) FROM large_values"));
        Assert.Equal(1, stored);
    }

    [Fact]
    public async Task The_write_ahead_log_starts_over()
    {
        var session = new ScriptedSession(_store);
        for (var i = 0; i < 400; i++)
        {
            await session.AppendLargeAsync("x", ScriptedSession.Large(LargeValueWrites.LeastInFile - 1_024, 1));
        }

        Assert.InRange(new FileInfo(_folder.File("snakepit.db-wal")).Length, 1, 90 * 1024 * 1024);
        Assert.Equal(400, (await session.LoadAsync()).CommitsAfter.Count);
    }

    [Fact]
    public async Task A_closed_store_finishes_what_was_asked_and_refuses_the_rest()
    {
        var session = new ScriptedSession(_store);
        var last = session.AppendAsync("x");
        await _store.DisposeAsync();
        Assert.Equal(AppendResult.Stored, await last);
        var write = await Assert.ThrowsAsync<StoreException>(() => session.AppendAsync("x"));
        Assert.EndsWith("the store is closed", write.Message);
        var read = await Assert.ThrowsAsync<StoreException>(() => session.LoadAsync());
        Assert.EndsWith("the store is closed", read.Message);
    }

    [Fact]
    public async Task A_reading_that_is_no_longer_wanted_is_cancelled()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await _store.LoadAsync(new("", "s"), new CancellationToken(canceled: true)));
    }

    /// <summary>Starts operations while the writer is busy, so that they meet in one transaction.</summary>
    private async Task<IReadOnlyList<Task>> TogetherAsync(Func<IEnumerable<Task>> start)
    {
        using var gate = new ManualResetEventSlim();
        var busy = new TaskCompletionSource();
        var held = _store.Writer.RunAsync(_ =>
        {
            busy.SetResult();
            gate.Wait();
        });
        await busy.Task;
        IReadOnlyList<Task> tasks = [.. start()];
        gate.Set();
        await held;
        await Task.WhenAll(tasks).ContinueWith(_ => { }, TaskScheduler.Default);
        return tasks;
    }

    private async Task LimitPagesAsync(string pages)
    {
        var limit = await _store.Writer.RunAsync(writes => writes.Connection.Number($"SELECT {pages} FROM pragma_page_count"));
        await _store.Writer.RunAsync(writes => writes.Connection.Execute($"PRAGMA max_page_count = {limit}"));
    }
}
