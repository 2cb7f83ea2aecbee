using Google.Protobuf;
using Snakepit.Protocol.Storing;
using Snakepit.Storage;

namespace Snakepit.Tests.Storage;

public abstract partial class StoreCompliance
{
    [Fact]
    public async Task A_session_that_was_never_stored_does_not_exist_and_begins_at_revision_0()
    {
        var loaded = await Store.LoadAsync(Key("s"), default);
        Assert.False(loaded.Exists);
        Assert.Equal(0, loaded.Revision);
        Assert.Null(await Store.ReadLogAsync(Key("s"), 0, 1_000, default));
        Assert.Empty(await Store.ReadChainAsync(Key("s"), 1, 10, default));
    }

    [Fact]
    public async Task The_first_commit_creates_the_session()
    {
        var session = new ScriptedSession(Store);
        Assert.Equal(AppendResult.Stored, await session.AppendAsync("x", "y"));

        var loaded = await session.LoadAsync();
        Assert.True(loaded.Exists);
        Assert.Equal((0, 0, 0), (loaded.CommitNumber, loaded.Revision, loaded.Floor));
        Assert.Equal(ScriptedSession.Expiry, loaded.ExpiresAt);
        Assert.Equal(ScriptedSession.Header("s"), loaded.Header);
        Assert.Empty(loaded.Variables);
        var commit = Assert.Single(loaded.CommitsAfter);
        Assert.Equal((1, 2), (commit.Number, commit.LastRevision));
        Assert.Equal(2, commit.Changes.Count);
    }

    [Fact]
    public async Task A_new_session_begins_at_the_revision_before_its_first_commit()
    {
        var session = new ScriptedSession(Store, Key("s"), startRevision: 41);
        await session.AppendAsync("x");
        var loaded = await session.LoadAsync();
        Assert.Equal((41, 41), (loaded.Revision, loaded.Floor));
        Assert.Equal(42, Assert.Single(loaded.CommitsAfter).LastRevision);
    }

    [Fact]
    public async Task A_commit_is_read_back_byte_for_byte()
    {
        var session = new ScriptedSession(Store);
        await session.AppendAsync("x");
        var commit = session.Next("x", "y");
        commit.Record.Dependencies.Add(new DependencyRecord { FromId = "x", ToId = "y", Type = "data" });
        commit.Record.Requests.Add(new RequestRecord { RequestId = "r", Fingerprint = ByteString.CopyFromUtf8("f") });
        var record = commit.Record.Clone();
        await session.AppendAsync(commit);

        var read = (await session.LoadAsync()).CommitsAfter[1];
        Assert.Equal(record, read.Record);
        Assert.Equal(record.Changes, read.Changes.Select(change => change.Record));
    }

    [Fact]
    public async Task Of_two_writers_of_one_session_only_one_succeeds()
    {
        var first = new ScriptedSession(Store);
        await first.AppendAsync("x");
        var second = new ScriptedSession(Store);
        Assert.Equal(AppendResult.Fenced, await second.AppendAsync("other"));

        var results = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => Store.AppendAsync(first.Key, first.Next("x")).AsTask()));
        Assert.Single(results, AppendResult.Stored);
        Assert.Equal(2, (await first.LoadAsync()).CommitsAfter.Count);
    }

    [Theory]
    [InlineData(1, 3)] // Already there.
    [InlineData(2, 3)] // Likewise.
    [InlineData(4, 3)] // Leaves one out.
    [InlineData(3, 2)] // The right number, but the revisions of another life of that name.
    [InlineData(3, 9)]
    public async Task A_commit_that_does_not_build_on_the_newest_is_fenced(long number, long firstRevision)
    {
        var session = new ScriptedSession(Store);
        await session.AppendManyAsync("x", 2);
        var next = session.Next("x");
        Assert.Equal((3, 3), (next.Number, next.FirstRevision));
        var wrong = next with { Number = number, FirstRevision = firstRevision, LastRevision = firstRevision };
        Assert.Equal(AppendResult.Fenced, await Store.AppendAsync(session.Key, wrong));
        Assert.Equal(2, (await session.LoadAsync()).CommitsAfter.Count);
        Assert.Equal(AppendResult.Stored, await session.AppendAsync(next));
    }

    [Fact]
    public async Task A_session_that_is_not_stored_takes_no_later_commit()
    {
        var commit = new ScriptedSession(Store).Next("x") with { Number = 2 };
        Assert.Equal(AppendResult.Fenced, await Store.AppendAsync(Key("s"), commit));
        Assert.Equal(0, Store.Count);
    }

    [Fact]
    public async Task A_fenced_session_does_not_keep_others_from_being_stored()
    {
        var sessions = Enumerable.Range(0, 50).Select(i => new ScriptedSession(Store, $"s{i}")).ToList();
        await Task.WhenAll(sessions.Select(session => session.AppendAsync("x")));
        var appends = sessions
            .Select((session, i) => session.AppendAsync(i % 7 == 0 ? session.Next("x") with { Number = 9 } : session.Next("x")))
            .ToList();
        var results = await Task.WhenAll(appends);
        Assert.All(results.Index(), entry =>
            Assert.Equal(entry.Index % 7 == 0 ? AppendResult.Fenced : AppendResult.Stored, entry.Item));
        foreach (var (i, session) in sessions.Index())
        {
            Assert.Equal(i % 7 == 0 ? 1 : 2, (await session.LoadAsync()).CommitsAfter.Count);
        }
    }

    [Fact]
    public async Task A_commit_is_there_wholly_or_not_at_all()
    {
        var session = new ScriptedSession(Store);
        await session.AppendAsync("x");
        var reader = Task.Run(async () =>
        {
            for (var seen = 0L; seen < 1_001;)
            {
                var page = await session.ReadLogAsync(seen);
                Assert.All(page.Commits, commit => Assert.Equal(commit.Number == 1 ? 1 : 10, commit.Changes.Count));
                Assert.Equal(1, page.LastRevision % 10);
                seen = page.LastRevision;
            }
        });
        var variables = Enumerable.Range(0, 10).Select(i => $"v{i}").ToArray();
        for (var i = 0; i < 100; i++)
        {
            await session.AppendAsync(variables);
        }

        await reader.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_commit_without_a_change_counts_but_is_not_part_of_the_log_that_is_read()
    {
        var session = new ScriptedSession(Store);
        Assert.Equal(AppendResult.Stored, await session.AppendAsync());
        await session.AppendAsync("x");
        Assert.Equal(AppendResult.Stored, await session.AppendAsync());
        Assert.Equal(AppendResult.Fenced, await Store.AppendAsync(session.Key, session.Next("x") with { Number = 3 }));
        await session.AppendAsync("x");

        Assert.Equal([1, 2, 3, 4], (await session.LoadAsync()).CommitsAfter.Select(commit => commit.Number));
        Assert.Equal([2, 4], (await session.ReadLogAsync(0)).Commits.Select(commit => commit.Number));
    }

    [Fact]
    public async Task Commits_of_many_sessions_at_once_are_all_stored()
    {
        var sessions = Enumerable.Range(0, 40).Select(i => new ScriptedSession(Store, $"s{i}")).ToList();
        await Task.WhenAll(sessions.Select(session => Task.Run(() => session.AppendManyAsync("x", 50))));
        Assert.Equal(40, Store.Count);
        foreach (var session in sessions)
        {
            Assert.Equal(Enumerable.Range(1, 50), (await session.ReadLogAsync(0)).Commits.Select(commit => (int)commit.LastRevision));
        }
    }

    [Fact]
    public async Task A_commit_that_contradicts_itself_is_the_callers_fault()
    {
        var commit = new ScriptedSession(Store).Next("x");
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.AppendAsync(Key("s"), commit with { LastRevision = 5 }));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.AppendAsync(Key("s"), commit with { Number = 0 }));
    }

    [Theory]
    [InlineData("", "plain")]
    [InlineData("tenant", "ünïcödé ☃ \U0001F40D")]
    [InlineData("a\0b", "with\0nul")]
    public async Task Any_text_names_a_session(string tenant, string id)
    {
        var session = new ScriptedSession(Store, Key(id, tenant));
        await session.AppendAsync("x\0y");
        await session.CheckpointAsync();
        Assert.Equal(1, (await session.LoadAsync()).CommitNumber);
        Assert.False((await Store.LoadAsync(Key(id[..^1], tenant), default)).Exists);
        Assert.False((await Store.LoadAsync(Key(id, tenant + "x"), default)).Exists);
        Assert.Equal(session.Key, Assert.Single(await Store.ListAsync(tenant, "", 10, default)).Key);
        Assert.Equal(session.Key, Assert.Single(await Store.ListExpiredAsync(ScriptedSession.Expiry, 10, default)));
    }
}
