using Snakepit.Protocol.Bridge;
using Snakepit.Sessions;
using Snakepit.Storage.Hosting;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Unit.Hosting;

public sealed class StoreFailureTests : HostTests
{
    [Fact]
    public async Task A_known_failure_changes_nothing_and_the_next_call_works()
    {
        await OkAsync(Ask.Register("x"));
        Store.FailBefore(StoreVerb.Append, outcomeUnknown: false);
        Assert.Equal("nothing was changed: the store failed", await RefusedAsync(RefusalKind.Unavailable, Ask.Set("x", "1", requestId: "r")));
        Assert.Equal("0", await ValueAsync("x"));
        Assert.Equal(1, (await OkAsync<SetVariableResponse>(Ask.Set("x", "2", requestId: "r"))).NewVersion);
    }

    [Fact]
    public async Task A_known_failure_answers_the_whole_group_and_those_after_it_run()
    {
        await OkAsync(Ask.Register("x"));
        var append = Store.StopBefore(StoreVerb.Append);
        var first = CallAsync(Ask.Set("x", "1"));
        await append.Reached;
        Store.FailBefore(StoreVerb.Append, outcomeUnknown: false);
        var group = new[] { CallAsync(Ask.Set("x", "2")), CallAsync(Ask.Set("none", "2")) };
        append.Continue();
        Assert.False((await first).IsRefused);
        Assert.All(await Task.WhenAll(group), reply => Assert.Equal(RefusalKind.Unavailable, reply.Refusal!.Kind));
        Assert.Equal(2, (await OkAsync<SetVariableResponse>(Ask.Set("x", "3"))).NewVersion);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_unknown_outcome_is_tried_again_safely_where_there_is_a_request_id(bool happened)
    {
        await OkAsync(Ask.Register("x"));
        FailUnknown(happened);
        Assert.Equal(1, (await OkAsync<SetVariableResponse>(Ask.Set("x", "1", requestId: "r"))).NewVersion);
        Assert.Equal(2, Store.Appended.Count);
        Assert.Equal(2, Store.Calls(StoreVerb.Load));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_unknown_outcome_without_a_request_id_says_so_and_the_next_call_sees_the_truth(bool happened)
    {
        await OkAsync(Ask.Register("x"));
        FailUnknown(happened);
        Assert.Equal(
            "whether the change was made is unknown: the store did not answer", await RefusedAsync(RefusalKind.Unavailable, Ask.Set("x", "1")));
        Assert.Equal(happened ? "1" : "0", await ValueAsync("x"));
    }

    [Fact]
    public async Task Commands_behind_an_unknown_outcome_run_on_the_next_host()
    {
        await OkAsync(Ask.Register("x"));
        var append = Store.StopAfter(StoreVerb.Append);
        var first = CallAsync(Ask.Set("x", "1"));
        await append.Reached;
        var waiting = CallAsync(Ask.Set("x", "2"));
        append.Fail(new TimeoutException("too late"));
        Assert.Equal(RefusalKind.Unavailable, (await first).Refusal!.Kind);
        Assert.Equal(2, ((SetVariableResponse)(await waiting).Value!).NewVersion);
    }

    [Fact]
    public async Task A_store_that_never_knows_its_outcome_ends_the_call_after_some_tries()
    {
        await OkAsync(Ask.Register("x"));
        for (var i = 0; i < 50; i++)
        {
            FailUnknown(happened: false);
        }

        Assert.Contains("whether the call had an effect is unknown", await RefusedAsync(RefusalKind.Unavailable, Ask.Set("x", "1", requestId: "r")));
        Assert.InRange(Store.Calls(StoreVerb.Append), 2, 49);
    }

    [Fact]
    public async Task A_fenced_host_applies_nothing_closes_and_the_call_runs_on_a_fresh_one()
    {
        await OkAsync(Ask.Register("x"));
        var fenced = await HostAsync();
        await CallAsync(Ask.Set("x", "1"), NewDirectory());
        Assert.Equal(2, (await OkAsync<SetVariableResponse>(Ask.Set("x", "2"))).NewVersion);
        Assert.True(fenced.IsClosed);
        Assert.NotSame(fenced, await HostAsync());
        Assert.Same(SessionHost.Moved, (await fenced.CallAsync(Ask.Get("x"), CancellationToken.None)).Refusal);
    }

    [Fact]
    public async Task Two_directories_on_one_store_lose_no_write_and_make_none_twice()
    {
        const int Each = 200;
        await OkAsync(Ask.Register("x"));
        var directories = new[] { NewDirectory(), NewDirectory() };
        var versions = await Task.WhenAll(directories.Select(directory => Task.Run(async () =>
        {
            var made = new List<int>();
            while (made.Count < Each)
            {
                var reply = await CallAsync(Ask.Set("x", $"{made.Count}"), directory);
                if (reply.Value is SetVariableResponse set)
                {
                    made.Add(set.NewVersion);
                }
            }

            return made;
        })));
        Assert.Equal(Enumerable.Range(1, 2 * Each), versions.SelectMany(made => made).Order());
        Assert.Equal(Enumerable.Range(1, (2 * Each) + 1), Store.Appended.Select(commit => (int)commit.Number));
    }

    [Fact]
    public async Task A_session_that_cannot_be_loaded_is_unavailable_and_then_available()
    {
        Store.FailBefore(StoreVerb.Load, outcomeUnknown: false);
        Assert.Equal("the store failed", await RefusedAsync(RefusalKind.Unavailable, Ask.Register("x")));
        Assert.Equal("disk on fire", Assert.Single(Failures).Message);
        Assert.Equal(0, Sessions.ActiveCount);
        await OkAsync(Ask.Register("x"));
    }

    [Fact]
    public async Task A_load_that_failed_after_its_caller_left_is_not_shown_to_the_next()
    {
        var load = Store.StopBefore(StoreVerb.Load);
        using var caller = new CancellationTokenSource();
        var left = Sessions.CallAsync(Key, Ask.Get("x"), caller.Token).AsTask();
        await load.Reached;
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        load.Fail(new Snakepit.Storage.StoreException("old failure", outcomeUnknown: false));

        // Who comes while it is failing is told so.
        for (var since = TimeProvider.System.GetTimestamp(); (await CallAsync(Ask.Register("x"))).IsRefused;)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(since) < Deadline, "it is shown for ever");
        }

        Assert.Equal(2, Store.Calls(StoreVerb.Load));
    }

    [Fact]
    public async Task A_store_that_breaks_its_word_while_a_session_ends_leaves_no_caller_waiting()
    {
        await OkAsync(Ask.Register("x"));
        Store.FailBefore(StoreVerb.Delete, new InvalidOperationException("bug"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => CallAsync(Ask.CleanUp()));
        Assert.Equal(1, (await OkAsync<CleanupSessionResponse>(Ask.CleanUp())).ResourcesCleaned);
    }

    private void FailUnknown(bool happened)
    {
        if (happened)
        {
            Store.FailAfter(StoreVerb.Append);
        }
        else
        {
            Store.FailBefore(StoreVerb.Append, outcomeUnknown: true);
        }
    }
}
