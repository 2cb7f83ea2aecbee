using Snakepit.Protocol.Bridge;
using Snakepit.Sessions;
using Snakepit.Storage.Hosting;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Unit.Hosting;

public sealed class CommitTests : HostTests
{
    [Fact]
    public async Task A_reply_comes_only_after_the_store_has_its_commit()
    {
        await OkAsync(Ask.Register("x"));
        var append = Store.StopAfter(StoreVerb.Append);
        var set = CallAsync(Ask.Set("x", "1"));
        await append.Reached;
        Assert.False(set.IsCompleted);
        append.Continue();
        Assert.Equal(1, ((SetVariableResponse)(await set).Value!).NewVersion);
    }

    [Fact]
    public async Task Commands_that_arrive_during_a_commit_go_together_as_the_next_one()
    {
        await OkAsync(Ask.Register("x"));
        var append = Store.StopBefore(StoreVerb.Append);
        var first = CallAsync(Ask.Set("x", "1"));
        await append.Reached;
        var others = Enumerable.Range(2, 5).Select(i => CallAsync(Ask.Set("x", $"{i}"))).ToList();
        append.Continue();
        await first;
        var versions = (await Task.WhenAll(others)).Select(reply => ((SetVariableResponse)reply.Value!).NewVersion);
        Assert.Equal([2, 3, 4, 5, 6], versions);
        Assert.Equal([1, 1, 5], Store.Appended.Select(commit => commit.Record.Changes.Count));
        Assert.Equal([(1, 1), (2, 2), (3, 7)], Store.Appended.Select(commit => (commit.FirstRevision, commit.LastRevision)));
    }

    [Fact]
    public async Task A_group_takes_no_more_commands_than_its_policy_says()
    {
        Policy = new HostPolicy { MaxGroup = 2 };
        await OkAsync(Ask.Register("x"));
        var append = Store.StopBefore(StoreVerb.Append);
        var sets = Enumerable.Range(1, 6).Select(i => CallAsync(Ask.Set("x", $"{i}"))).ToList();
        await append.Reached;
        append.Continue();
        await Task.WhenAll(sets);
        Assert.Equal([1, 1, 2, 2, 1], Store.Appended.Select(commit => commit.Record.Changes.Count));
    }

    [Fact]
    public async Task Queries_see_the_committed_state_at_once_while_a_commit_is_in_flight()
    {
        await OkAsync(Ask.Register("x", "7"));
        var append = Store.StopAfter(StoreVerb.Append);
        var set = CallAsync(Ask.Set("x", "8"));
        await append.Reached;
        Assert.Equal("7", await ValueAsync("x"));
        Assert.Equal(1, (await OkAsync<GetSessionResponse>(Ask.Describe())).Revision);
        append.Continue();
        await set;
        Assert.Equal("8", await ValueAsync("x"));
    }

    [Fact]
    public async Task A_refusal_waits_for_the_commit_of_what_it_was_judged_by()
    {
        await OkAsync(Ask.Register("x"));
        var (first, second) = (Store.StopBefore(StoreVerb.Append), Store.StopBefore(StoreVerb.Append));
        var running = CallAsync(Ask.Set("x", "1"));
        await first.Reached;
        var delete = CallAsync(Ask.Delete("x"));
        var refused = CallAsync(Ask.Set("x", "2"));
        first.Continue();
        await second.Reached;
        Assert.False(refused.IsCompleted);
        second.Continue();
        Assert.False((await running).IsRefused);
        Assert.False((await delete).IsRefused);
        Assert.Equal(RefusalKind.NotFound, (await refused).Refusal!.Kind);
    }

    [Fact]
    public async Task A_refusal_alone_makes_no_commit()
    {
        await OkAsync(Ask.Register("x"));
        await RefusedAsync(RefusalKind.NotFound, Ask.Set("y", "1"));
        await RefusedAsync(RefusalKind.Invalid, Ask.Set("x", "\"text\""));
        await OkAsync(Ask.Register("x"), Ask.Initialize());
        Assert.Single(Store.Appended);
    }

    [Fact]
    public async Task A_second_request_of_one_id_waits_for_the_first_and_gets_its_reply()
    {
        await OkAsync(Ask.Register("x"));
        var append = Store.StopBefore(StoreVerb.Append);
        var first = CallAsync(Ask.Set("x", "1", requestId: "r"));
        await append.Reached;
        var second = CallAsync(Ask.Set("x", "1", requestId: "r"));
        Assert.False(second.IsCompleted);
        append.Continue();
        Assert.Equal((await first).Value, (await second).Value);
        Assert.Equal(2, Store.Appended.Count);
    }

    [Fact]
    public async Task A_bug_in_one_command_fails_only_that_command()
    {
        await OkAsync(Ask.Register("x"));
        var append = Store.StopBefore(StoreVerb.Append);
        var first = CallAsync(Ask.Set("x", "1"));
        await append.Reached;
        var before = CallAsync(Ask.Set("x", "2"));
        var bug = CallAsync(new PingRequest());
        var after = CallAsync(Ask.Set("x", "3"));
        append.Continue();
        await Assert.ThrowsAsync<ArgumentException>(() => bug);
        await first;
        Assert.Equal(2, ((SetVariableResponse)(await before).Value!).NewVersion);
        Assert.Equal(3, ((SetVariableResponse)(await after).Value!).NewVersion);
        Assert.Equal("3", await ValueAsync("x"));
    }

    [Fact]
    public async Task A_listener_hears_each_commit_once_in_order_after_the_store_has_it()
    {
        await OkAsync(Ask.Register("x"));
        var listener = new Listener();
        Assert.Equal(1, (await HostAsync()).TrySubscribe(listener)?.Revision);
        var append = Store.StopAfter(StoreVerb.Append);
        var set = CallAsync(Ask.SetAll(atomic: true, ("x", "1")));
        await append.Reached;
        Assert.Empty(listener.Heard);
        append.Continue();
        await set;
        await OkAsync(Ask.Set("x", "2"), Ask.Register("y"), Ask.Depend("x", "y"));
        Assert.Equal([(1, 2), (2, 3), (3, 4)], listener.Heard);
    }

    [Fact]
    public async Task A_listener_that_throws_leaves_no_caller_waiting()
    {
        await OkAsync(Ask.Register("x"));
        Assert.NotNull((await HostAsync()).TrySubscribe(new Listener { Bug = new InvalidOperationException("bug") }));
        await Assert.ThrowsAsync<InvalidOperationException>(() => CallAsync(Ask.Set("x", "1")));
        Assert.Equal("1", await ValueAsync("x"));
        await OkAsync(Ask.Set("x", "2"));
    }

    private sealed class Listener : ICommitListener
    {
        public List<(long, long)> Heard { get; } = [];

        public Exception? Bug { get; init; }

        public int WatcherCount => 1;

        public bool OnSubscribed(DateTimeOffset createdAt, long revision) => true;

        public void OnCommit(long previousRevision, IReadOnlyList<LoggedUpdate> updates)
        {
            if (Bug is not null)
            {
                throw Bug;
            }

            Assert.Equal(updates.Select((_, i) => previousRevision + 1 + i), updates.Select(update => update.Revision));
            Heard.Add((previousRevision, updates[^1].Revision));
        }

        public void OnClosed(bool ended)
        {
        }
    }
}
