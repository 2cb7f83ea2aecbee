using Snakepit.Sessions;
using Snakepit.Storage;
using Snakepit.Storage.Archive;
using Snakepit.Storage.Sqlite;
using Snakepit.Tests.Storage;

namespace Snakepit.Tests.Archive;

/// <summary>What an import does to a store in which something is there already, or comes up meanwhile.</summary>
public abstract class ImportTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private SqliteStore _source = null!;
    private ISessionArchive? _opened;

    private protected TemporaryFolder Folder => _folder;

    private protected SqliteStore Source => _source;

    private protected ISessionArchive Target => _opened!;

    public async ValueTask InitializeAsync()
    {
        _source = SqliteStore.Open(_folder.File("source"));
        _opened = await OpenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_opened is not null)
        {
            await _opened.DisposeAsync();
        }

        await _source.DisposeAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_second_import_finds_everything_there()
    {
        await ScriptedStore.FillAsync(_source, 1);
        var file = await ArchiveFile.OfAsync(_source);
        await ArchiveFile.IntoAsync(Target, file);
        var again = await ArchiveFile.IntoAsync(Target, file);
        Assert.Equal((0L, 0L, _source.Count, 0L), (again.Sessions, again.Changes, again.Present, again.Skipped));
        await ScriptedStore.AssertAlikeAsync(_source, Target);
    }

    [Fact]
    public async Task A_session_that_is_there_in_another_state_is_named_and_nothing_is_changed()
    {
        await FillAsync(_source, 3, "a", "b", "c");
        var other = new ScriptedSession(Target, "b");
        await other.AppendManyAsync("mine", 2);
        var file = await ArchiveFile.OfAsync(_source);
        var error = await Assert.ThrowsAsync<ArchiveException>(() => ArchiveFile.IntoAsync(Target, file));
        Assert.Equal(
            "the session 'b' is there already and differs from the file's; end it, or leave it as it is with --skip-existing", error.Message);
        Assert.Equal(1, Target.Count);

        var skipping = await ArchiveFile.IntoAsync(Target, file, skipsExisting: true);
        Assert.Equal((2L, 6L, 0L, 1L), (skipping.Sessions, skipping.Changes, skipping.Present, skipping.Skipped));
        Assert.Equal([2L, 3L, 3L], await RevisionsAsync("b", "a", "c"));
    }

    [Fact]
    public async Task A_session_that_is_as_far_but_another_is_not_taken_for_the_same()
    {
        await FillAsync(_source, 2, "a");
        var other = new ScriptedSession(Target, "a");
        var first = other.Next("x");
        first.Record.Header.CreatedAt.Seconds++;
        await other.AppendAsync(first);
        await other.AppendAsync("x");
        var file = await ArchiveFile.OfAsync(_source);
        await Assert.ThrowsAsync<ArchiveException>(() => ArchiveFile.IntoAsync(Target, file));
    }

    [Fact]
    public async Task A_session_that_comes_up_after_the_check_is_named_and_left_alone()
    {
        await FillAsync(_source, 3, "a", "b", "c");
        var import = new ArchiveImport(new MemoryStream(await ArchiveFile.OfAsync(_source)), ArchiveFile.Name, skipsExisting: false, progress: null);
        await import.CheckAsync(Target, default);
        var other = new ScriptedSession(Target, "b");
        await other.AppendManyAsync("mine", 2);
        var error = await Assert.ThrowsAsync<ArchiveException>(() => import.StoreAsync(Target, default));
        Assert.Contains("'b'", error.Message, StringComparison.Ordinal);
        Assert.Equal([3L, 2L, 3L], await RevisionsAsync("a", "b", "c"));
    }

    [Fact]
    public async Task One_that_is_broken_off_leaves_whole_sessions_and_the_next_does_the_rest()
    {
        // Each too large to share a transaction.
        var ids = Enumerable.Range(0, 6).Select(i => $"s{i}").ToArray();
        foreach (var id in ids)
        {
            await new ScriptedSession(_source, id).AppendLargeAsync("x", ScriptedSession.Large(1_500_000, 1));
            await FillAsync(_source, 3, start: 1, id);
        }

        var file = await ArchiveFile.OfAsync(_source);
        using var interruption = new CancellationTokenSource();
        var progress = new Reported(state =>
        {
            if (state is { IsCheck: false, Sessions: 3 })
            {
                interruption.Cancel();
            }
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => ArchiveFile.IntoAsync(Target, file, progress, interruption.Token));
        Assert.Equal(3, Target.Count);
        Assert.Equal([4L, 4L, 4L, null, null, null], await RevisionsAsync(ids));

        var rest = await ArchiveFile.IntoAsync(Target, file);
        Assert.Equal((3L, 3L), (rest.Sessions, rest.Present));
        foreach (var id in ids)
        {
            var key = new SessionKey("", id);
            Assert.Equal(
                Answers.Plain((await _source.ReadLogAsync(key, 0, int.MaxValue, default))!.Commits),
                Answers.Plain((await Target.ReadLogAsync(key, 0, int.MaxValue, default))!.Commits));
        }
    }

    [Fact]
    public async Task A_session_goes_on_where_it_was_carried_to()
    {
        var session = new ScriptedSession(_source);
        await session.AppendManyAsync("x", 5);
        await session.CheckpointAsync();
        await session.AppendAsync();
        await ArchiveFile.IntoAsync(Target, await ArchiveFile.OfAsync(_source));
        var next = session.Next("x", "y");
        Assert.Equal(AppendResult.Fenced, await Target.AppendAsync(session.Key, next with { Number = next.Number + 1 }));
        Assert.Equal(AppendResult.Stored, await Target.AppendAsync(session.Key, next));
        Assert.Equal(AppendResult.Fenced, await Target.AppendAsync(session.Key, next));
        Assert.Equal([7, 6, 5], (await Target.ReadLogAsync(session.Key, 4, int.MaxValue, default))!
            .Commits.SelectMany(commit => commit.Changes.Select((_, i) => commit.LastRevision - i)).OrderDescending());
    }

    [Theory]
    [InlineData(5, 9)]
    [InlineData(9, 5)]
    public async Task New_sessions_begin_above_what_any_ended_one_reached_on_either_side(int source, int target)
    {
        await EndAsync(_source, source);
        await EndAsync(Target, target);
        await ArchiveFile.IntoAsync(Target, await ArchiveFile.OfAsync(_source));
        Assert.Equal(9, (await Target.LoadAsync(new("", "new"), default)).Revision);
        Assert.Equal(AppendResult.Fenced, await new ScriptedSession(Target, new("", "new"), 8).AppendAsync("x"));
        Assert.Equal(AppendResult.Stored, await new ScriptedSession(Target, new("", "new"), 9).AppendAsync("x"));
    }

    [Fact]
    public async Task Many_small_sessions_are_all_imported()
    {
        var ids = Enumerable.Range(0, 450).Select(i => $"s{i}").ToArray();
        await Task.WhenAll(ids.Select(id => FillAsync(_source, 1, id)));
        Assert.Equal(450, (await ArchiveFile.IntoAsync(Target, await ArchiveFile.OfAsync(_source))).Sessions);
        Assert.Equal(450, Target.Count);
        Assert.All(await RevisionsAsync(ids), revision => Assert.Equal(1, revision));
    }

    [Fact]
    public async Task A_store_without_sessions_makes_a_file_that_can_be_imported()
    {
        var result = await ArchiveFile.IntoAsync(Target, await ArchiveFile.OfAsync(_source));
        Assert.Equal((0L, 0L), (result.Sessions, Target.Count));
    }

    private protected abstract ValueTask<ISessionArchive> OpenAsync();

    private static async Task EndAsync(ISessionStore store, int revision)
    {
        var session = new ScriptedSession(store, "ended");
        await session.AppendManyAsync("x", revision);
        await store.DeleteAsync(session.Key, session.Number, session.Revision);
    }

    private static Task FillAsync(ISessionStore store, int commits, params string[] ids) => FillAsync(store, commits, 0, ids);

    private static async Task FillAsync(ISessionStore store, int commits, int start, params string[] ids)
    {
        foreach (var id in ids)
        {
            await new ScriptedSession(store, new("", id), start, start).AppendManyAsync("x", commits);
        }
    }

    private async Task<IEnumerable<long?>> RevisionsAsync(params string[] ids) =>
        (await Target.ReadEndsAsync([.. ids.Select(id => new SessionKey("", id))], default)).Select(end => end?.Revision);

    private protected sealed class Reported(Action<ArchiveProgress> told) : IProgress<ArchiveProgress>
    {
        public void Report(ArchiveProgress value) => told(value);
    }
}

public sealed class SqliteImportTests : ImportTests
{
    private protected override ValueTask<ISessionArchive> OpenAsync() => new(SqliteStore.Open(Folder.File("target")));
}

public sealed class PostgresImportTests(SharedPostgres postgres) : ImportTests
{
    [Fact]
    public async Task A_session_that_another_process_makes_at_the_same_moment_is_left_alone()
    {
        await new ScriptedSession(Source, "a").AppendManyAsync("x", 3);
        var other = new ScriptedSession(Target, "a");
        var records = 0;
        var progress = new Reported(state =>
        {
            // With the second record the import has looked for the session, and holds its rows ready.
            if (!state.IsCheck && ++records == 2)
            {
                other.AppendAsync("mine").GetAwaiter().GetResult();
            }
        });
        var file = new MemoryStream(await ArchiveFile.OfAsync(Source));
        var import = new ArchiveImport(file, ArchiveFile.Name, skipsExisting: false, progress);
        await import.CheckAsync(Target, default);
        var error = await Assert.ThrowsAsync<ArchiveException>(() => import.StoreAsync(Target, default));
        Assert.Contains("'a'", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, (await Target.ReadEndsAsync([other.Key], default))[0]!.Revision);
        Assert.Equal(1, Target.Count);
    }

    private protected override async ValueTask<ISessionArchive> OpenAsync() => await SharedPostgres.OpenAsync(await postgres.NewSchemaAsync());
}
