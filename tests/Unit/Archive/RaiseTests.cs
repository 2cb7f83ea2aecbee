using Snakepit.Sessions;
using Snakepit.Storage;
using Snakepit.Storage.Archive;
using Snakepit.Storage.Sqlite;
using Snakepit.Tests.Storage;

namespace Snakepit.Tests.Archive;

/// <summary>A store brought back from an older copy gives out no revision that the lost one can have given out.</summary>
public sealed class RaiseTests(SharedPostgres postgres) : IDisposable
{
    private static readonly DateTimeOffset Now = ScriptedSession.Start.AddDays(3);
    private static readonly RevisionRaise Raise = new(Now, ScriptedSession.Start);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory, InlineData(false), InlineData(true)]
    public async Task Every_session_goes_on_above_what_was_given_out_and_replays_nothing_from_before(bool inCluster)
    {
        await using var store = await OpenAsync(inCluster);
        var (one, other) = (new ScriptedSession(store, "one"), new ScriptedSession(store, "other"));
        await one.AppendManyAsync("x", 5);
        await one.CheckpointAsync();
        await one.AppendManyAsync("x", 2);
        await other.AppendAsync("y");
        var raised = await store.RaiseRevisionsAsync(Raise);
        Assert.Equal(2, raised.Sessions);
        foreach (var session in (ScriptedSession[])[one, other])
        {
            var end = (await store.ReadEndsAsync([session.Key], default))[0]!;
            Assert.Equal((session.Number + 1, raised.Revision), (end.CommitNumber, end.Revision));
            var page = (await store.ReadLogAsync(session.Key, session.Revision, int.MaxValue, default))!;
            Assert.Equal((raised.Revision, raised.Revision, 0), (page.Floor, page.LastRevision, page.Commits.Count));
        }
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task An_owner_that_outlived_the_restore_is_fenced_off(bool inCluster)
    {
        await using var store = await OpenAsync(inCluster);
        var session = new ScriptedSession(store);
        await session.AppendManyAsync("x", 2);
        await store.RaiseRevisionsAsync(Raise);
        Assert.Equal(AppendResult.Fenced, await store.AppendAsync(session.Key, session.Next("x")));
        Assert.Equal(AppendResult.Fenced, await store.DeleteAsync(session.Key, session.Number, session.Revision));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Sessions_that_the_copy_does_not_know_begin_above_too_whoever_their_tenant_is(bool inCluster)
    {
        await using var store = await OpenAsync(inCluster);
        await new ScriptedSession(store).AppendAsync("x");
        var ended = new ScriptedSession(store, new SessionKey("known", "ended"));
        await ended.AppendAsync("x");
        await store.DeleteAsync(ended.Key, ended.Number, ended.Revision);
        var raised = await store.RaiseRevisionsAsync(Raise);
        foreach (var tenant in (string[])["", "known", "unknown"])
        {
            var key = new SessionKey(tenant, "made anew");
            Assert.Equal(raised.Revision, (await store.LoadAsync(key, default)).Revision);
            Assert.Equal(AppendResult.Fenced, await store.AppendAsync(key, new ScriptedSession(store, key, 100).Next("x")));
            Assert.Equal(AppendResult.Stored, await store.AppendAsync(key, new ScriptedSession(store, key, raised.Revision).Next("x")));
        }
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_second_restore_of_the_same_copy_leads_above_what_came_after_the_first(bool inCluster)
    {
        await using var store = await OpenAsync(inCluster);
        await using var again = SqliteStore.Open(_folder.File("again"));
        await new ScriptedSession(store).AppendAsync("x");
        await ArchiveFile.IntoAsync(again, await ArchiveFile.OfAsync(store));
        var first = await store.RaiseRevisionsAsync(Raise);
        var second = await again.RaiseRevisionsAsync(new RevisionRaise(Now.AddSeconds(1), ScriptedSession.Start));

        // More changes than a session takes in a second.
        Assert.True(second.Revision >= first.Revision + 1_000_000);
    }

    [Fact]
    public async Task A_clock_that_is_behind_still_leads_up()
    {
        await using var store = SqliteStore.Open(_folder.File("data"));
        var session = new ScriptedSession(store);
        await session.AppendAsync("x");
        var first = await store.RaiseRevisionsAsync(Raise);
        var second = await store.RaiseRevisionsAsync(new RevisionRaise(Now.AddYears(-20), null));
        Assert.True(second.Revision > first.Revision + 1_000_000_000);
        Assert.Equal(session.Number + 2, (await store.ReadEndsAsync([session.Key], default))[0]!.CommitNumber);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task The_time_without_a_server_is_no_disuse(bool inCluster)
    {
        await using var store = await OpenAsync(inCluster);
        var session = new ScriptedSession(store);
        await session.AppendAsync("x");
        Assert.Equal(TimeSpan.FromDays(3), (await store.RaiseRevisionsAsync(Raise)).Delay);
        Assert.Equal(ScriptedSession.Expiry.AddDays(3), (await store.LoadAsync(session.Key, default)).ExpiresAt);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Where_the_moment_of_the_copy_is_not_told_it_is_that_of_the_newest_commit(bool inCluster)
    {
        await using var store = await OpenAsync(inCluster);
        var session = new ScriptedSession(store) { Time = ScriptedSession.Start.AddDays(1) };
        await session.AppendAsync("x");
        Assert.Equal(TimeSpan.FromDays(2), (await store.RaiseRevisionsAsync(new RevisionRaise(Now, null))).Delay);
        Assert.Equal(TimeSpan.Zero, (await store.RaiseRevisionsAsync(new RevisionRaise(Now, null))).Delay);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_raised_store_travels_to_another_as_any_does(bool inCluster)
    {
        await using var store = await OpenAsync(inCluster);
        await using var target = SqliteStore.Open(_folder.File("target"));
        var session = new ScriptedSession(store);
        await session.AppendManyAsync("x", 5);
        await session.CheckpointAsync();
        var raised = await store.RaiseRevisionsAsync(Raise);
        var file = await ArchiveFile.OfAsync(store);
        await ArchiveFile.IntoAsync(target, file);
        Assert.Equal(file, await ArchiveFile.OfAsync(target));
        Assert.Equal(raised.Revision, (await target.ReadEndsAsync([session.Key], default))[0]!.Revision);
        Assert.Equal(raised.Revision, (await target.LoadAsync(new SessionKey("unknown", "s"), default)).Revision);
    }

    private async Task<ISessionArchive> OpenAsync(bool inCluster) =>
        inCluster ? await SharedPostgres.OpenAsync(await postgres.NewSchemaAsync()) : SqliteStore.Open(_folder.File("data"));
}
