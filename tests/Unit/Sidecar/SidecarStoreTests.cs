using Snakepit.Bridge.Health;
using Snakepit.Sidecar;
using Snakepit.Storage;
using Snakepit.Storage.Sqlite;
using Snakepit.Tests.Storage;
using SQLitePCL;

namespace Snakepit.Tests.Sidecar;

public sealed class SidecarStoreTests : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly TemporaryFolder _folder = new();
    private readonly HealthStatus _health = new();
    private readonly ToldWarnings _log = new();
    private readonly SidecarStore _store;

    public SidecarStoreTests()
    {
        _store = SidecarStore.Open(_folder.Path, _health, _log);
        _health.Set(isServing: true);
    }

    private SqliteStore File => (SqliteStore)_store.Sessions;

    public async ValueTask DisposeAsync()
    {
        await _store.Sessions.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_store_in_which_nothing_has_failed_is_not_written_to()
    {
        await File.Tidied;
        await RefuseCommitsAsync(true);
        await _store.CheckAsync();
        Assert.Null(_store.Unreadiness);
    }

    [Fact]
    public async Task A_store_that_refuses_each_write_is_not_ready_and_is_ready_again_once_it_takes_one()
    {
        await RefuseCommitsAsync(true);
        await AppendAsync();
        await _store.CheckAsync();
        var reason = $"Cannot write {_folder.File("snakepit.db")}: ";
        Assert.StartsWith(reason, _store.Unreadiness, StringComparison.Ordinal);
        Assert.False(_health.Current.IsServing);

        await _store.CheckAsync();
        Assert.StartsWith(reason, _store.Unreadiness, StringComparison.Ordinal);
        Assert.StartsWith($"not ready: {reason}", Assert.Single(_log.Warnings), StringComparison.Ordinal);

        await RefuseCommitsAsync(false);
        await _store.CheckAsync();
        Assert.Null(_store.Unreadiness);
        Assert.True(_health.Current.IsServing);
    }

    [Fact]
    public async Task A_write_that_failed_by_itself_alone_makes_no_store_unusable()
    {
        await RefuseCommitsAsync(true);
        await AppendAsync();
        await RefuseCommitsAsync(false);
        await _store.CheckAsync();
        Assert.Null(_store.Unreadiness);
        Assert.Empty(_log.Warnings);
    }

    [Fact]
    public async Task Whether_it_can_be_written_to_is_asked_of_the_disk()
    {
        await File.Tidied;
        var before = new FileInfo(_folder.File("snakepit.db-wal")).Length;
        await File.ProbeAsync();
        await File.ProbeAsync();
        Assert.True(new FileInfo(_folder.File("snakepit.db-wal")).Length >= before + (2 * 4096));
    }

    [Fact]
    public async Task A_disk_that_no_longer_answers_is_told_of_though_nothing_fails()
    {
        await File.Tidied;
        using var answer = new ManualResetEventSlim();
        using var begun = new ManualResetEventSlim();
        var stuck = File.Writer.RunAsync(_ =>
        {
            begun.Set();
            answer.Wait(Deadline);
        });
        Assert.True(begun.Wait(Deadline));
        await _store.CheckAsync(patience: TimeSpan.FromTicks(1));
        Assert.StartsWith("the store has not answered for ", _store.Unreadiness, StringComparison.Ordinal);
        Assert.False(_health.Current.IsServing);

        answer.Set();
        await stuck;
        await _store.CheckAsync();
        Assert.Null(_store.Unreadiness);
    }

    [Fact]
    public async Task What_is_kept_in_memory_is_always_ready()
    {
        var memory = SidecarStore.Open(folder: null, _health, _log);
        await memory.CheckAsync();
        Assert.Null(memory.Unreadiness);
        Assert.Equal("memory", memory.Name);
        await memory.Sessions.DisposeAsync();
    }

    /// <summary>A commit that comes to nothing, if the store refuses it.</summary>
    private async Task AppendAsync() =>
        await Assert.ThrowsAsync<StoreException>(() => new ScriptedSession(File, "s").AppendAsync("x"));

    private Task RefuseCommitsAsync(bool refuse)
    {
        // The commit of this very transaction is not refused.
        var verdict = 0;
        return File.Writer.RunAsync(writes =>
            raw.sqlite3_commit_hook(writes.Connection.Handle, _ => refuse ? Interlocked.Exchange(ref verdict, 1) : 0, null));
    }
}
