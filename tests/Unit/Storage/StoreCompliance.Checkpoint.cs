using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Storing;
using Snakepit.Storage;

namespace Snakepit.Tests.Storage;

public abstract partial class StoreCompliance
{
    [Fact]
    public async Task Loading_gives_the_checkpoint_and_the_commits_after_it()
    {
        var session = new ScriptedSession(Store);
        await session.AppendAsync("x", "y");
        await session.AppendAsync();
        await session.AppendAsync("x");
        await session.CheckpointAsync();
        var atCheckpoint = session.Variables.Values.OrderBy(variable => variable.RegisteredAt).ToList();
        await session.AppendAsync();
        await session.AppendAsync("z");

        var loaded = await session.LoadAsync();
        Assert.Equal((3, 3, 0), (loaded.CommitNumber, loaded.Revision, loaded.Floor));
        Assert.Equal(atCheckpoint, loaded.Variables.Select(v => v.Record).OrderBy(record => record.RegisteredAt));
        Assert.Equal([4, 5], loaded.CommitsAfter.Select(commit => commit.Number));
    }

    [Fact]
    public async Task A_checkpoint_changes_what_changed_and_removes_what_went()
    {
        var session = new ScriptedSession(Store);
        await session.AppendAsync("x", "y", "z");
        await session.CheckpointAsync();
        await session.DeleteVariableAsync("y");
        await session.AppendAsync("z");
        var header = ScriptedSession.Header("renamed");
        await Store.CheckpointAsync(session.Key, session.Checkpoint() with
        {
            Header = header,
            Changed = new Dictionary<string, VariableRecord> { ["z"] = session.Variables["z"] },
            ExpiresAt = ScriptedSession.Expiry.AddHours(1),
        });

        var loaded = await session.LoadAsync();
        Assert.Equal([session.Variables["x"], session.Variables["z"]], loaded.Variables.Select(v => v.Record).OrderBy(r => r.RegisteredAt));
        Assert.Equal(header, loaded.Header);
        Assert.Equal(ScriptedSession.Expiry.AddHours(1), loaded.ExpiresAt);
        Assert.Empty(loaded.CommitsAfter);
    }

    [Fact]
    public async Task Requests_are_remembered_until_a_checkpoint_forgets_them()
    {
        var session = new ScriptedSession(Store);
        await session.AppendAsync("x");
        RequestRecord[] requests =
        [
            new() { RequestId = "a", Time = ScriptedSession.Start.ToTimestamp() },
            new() { RequestId = "b", Reply = Any.Pack(new StringValue { Value = "reply" }) },
        ];
        await Store.CheckpointAsync(session.Key, session.Checkpoint() with { Requests = requests });
        Assert.Equal(requests, (await session.LoadAsync()).Requests.OrderBy(request => request.RequestId));

        await session.AppendAsync("x");
        await Store.CheckpointAsync(session.Key, session.Checkpoint() with { ForgottenRequests = ["a", "unknown"] });
        Assert.Equal([requests[1]], (await session.LoadAsync()).Requests);
    }

    [Fact]
    public async Task Tools_are_those_of_the_checkpoint_and_of_the_commits_after_it()
    {
        var session = new ScriptedSession(Store);
        await session.AppendAsync("x");
        Assert.Null((await session.LoadAsync()).Tools);
        Assert.Equal(AppendResult.Stored, await session.AppendAsync(session.NextTools("add", "sub")));
        Assert.Equal(ScriptedSession.Tools("add", "sub"), (await session.LoadAsync()).CommitsAfter[^1].Record.Tools);

        await session.CheckpointAsync();
        await session.AppendAsync("x");
        await session.AppendAsync(session.NextTools("mul"));
        var loaded = await session.LoadAsync();
        Assert.Equal((2, 1), (loaded.CommitNumber, loaded.Revision));
        Assert.Equal(ScriptedSession.Tools("add", "sub"), loaded.Tools);
        Assert.Equal([null, ScriptedSession.Tools("mul")], loaded.CommitsAfter.Select(commit => commit.Record.Tools));
    }

    [Fact]
    public async Task A_checkpoint_without_tools_leaves_them_as_they_were_and_one_with_none_takes_them_away()
    {
        var session = new ScriptedSession(Store);
        await session.AppendAsync(session.NextTools("add"));
        await session.CheckpointAsync();
        await session.AppendAsync("x");
        await Store.CheckpointAsync(session.Key, session.Checkpoint() with { Tools = null });
        var loaded = await session.LoadAsync();
        Assert.Equal((2, ScriptedSession.Tools("add")), (loaded.CommitNumber, loaded.Tools));

        await session.AppendAsync(session.NextTools());
        Assert.Empty((await session.LoadAsync()).CommitsAfter[^1].Record.Tools.Tools);
        await session.CheckpointAsync();
        Assert.Equal((3, new ToolSet()), ((await session.LoadAsync()).CommitNumber, (await session.LoadAsync()).Tools));
    }

    [Fact]
    public async Task Tools_as_large_as_they_may_be_come_back_and_do_not_end_the_fence()
    {
        var session = new ScriptedSession(Store);
        var names = Enumerable.Range(0, 20_000).Select(i => $"tool-{i:d40}").ToArray();
        await session.AppendAsync(session.NextTools(names));
        await session.CheckpointAsync();
        Assert.Equal(ScriptedSession.Tools(names), (await session.LoadAsync()).Tools);
        Assert.Equal(AppendResult.Fenced, await Store.AppendAsync(session.Key, new ScriptedSession(Store).NextTools("add")));
        Assert.Equal(AppendResult.Stored, await session.AppendAsync(session.NextTools("add")));
    }

    [Fact]
    public async Task An_older_checkpoint_is_ignored()
    {
        var session = new ScriptedSession(Store);
        await session.AppendAsync("x");
        var older = session.Checkpoint() with { Header = ScriptedSession.Header("older") };
        await session.AppendAsync("x");
        await session.CheckpointAsync();
        await Store.CheckpointAsync(session.Key, older);

        var loaded = await session.LoadAsync();
        Assert.Equal((2, 2), (loaded.CommitNumber, loaded.Revision));
        Assert.Equal(ScriptedSession.Header("s"), loaded.Header);
        Assert.Equal(session.Variables["x"], Assert.Single(loaded.Variables).Record);
    }

    [Fact]
    public async Task A_checkpoint_of_a_commit_that_is_not_stored_is_ignored()
    {
        var session = new ScriptedSession(Store);
        await Store.CheckpointAsync(session.Key, session.Checkpoint() with { CommitNumber = 1 });
        Assert.False((await session.LoadAsync()).Exists);

        await session.AppendAsync("x");
        await Store.CheckpointAsync(session.Key, session.Checkpoint() with { CommitNumber = 2, Revision = 2 });
        await Store.CheckpointAsync(session.Key, session.Checkpoint() with { Revision = 9 });
        Assert.Equal(0, (await session.LoadAsync()).CommitNumber);
        Assert.Equal(AppendResult.Stored, await session.AppendAsync("x"));
    }

    [Fact]
    public async Task The_fence_holds_when_a_checkpoint_and_a_trim_have_left_no_log()
    {
        var session = new ScriptedSession(Store);
        await session.AppendManyAsync("x", 3);
        await session.CheckpointAsync();
        Assert.Equal(3, await session.TrimAsync(maxChanges: 0, historyLimit: 0));
        Assert.Empty((await session.ReadLogAsync(0)).Commits);

        Assert.Equal(AppendResult.Fenced, await Store.AppendAsync(session.Key, new ScriptedSession(Store).Next("x")));
        Assert.Equal(AppendResult.Stored, await session.AppendAsync("x"));
        Assert.Equal(4, (await session.ReadLogAsync(3)).LastRevision);
    }

    [Fact]
    public async Task Large_values_are_filled_in()
    {
        var session = new ScriptedSession(Store);
        var first = ScriptedSession.Large(3 * 1024 * 1024 + 17, fill: 1);
        var second = ScriptedSession.Large(70_000, fill: 2);
        await session.AppendLargeAsync("x", first);
        await session.CheckpointAsync();
        await session.AppendLargeAsync("y", second);
        await session.ReferAsync("z", large: 1);

        var loaded = await session.LoadAsync();
        Assert.Equal(first, Assert.Single(loaded.Variables).Large);
        Assert.Equal([second, first], loaded.CommitsAfter.Select(commit => Assert.Single(commit.Changes).Large));
        var log = await session.ReadLogAsync(0);
        Assert.Equal([first, second, first], log.Commits.Select(commit => Assert.Single(commit.Changes).Large));
        Assert.Equal(first, Assert.Single(await Store.ReadChainAsync(session.Key, 3, 5, default)).Large);
    }
}
