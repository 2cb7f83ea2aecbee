using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Unit.Watching;

public sealed class WatchStartTests : WatchTests
{
    [Fact]
    public async Task A_snapshot_is_complete_at_its_heartbeat_and_then_each_change_comes_with_its_own_values()
    {
        await OkAsync(Ask.Register("x", "1"), Ask.Register("y", "2"), Ask.Set("x", "3"));
        var request = Ask.Watch();
        request.IncludeInitialValues = true;
        var watch = await WatchAsync(request);
        Assert.Equal("3", watch.Call.ResponseHeaders["snakepit-revision"]);
        await OkAsync(Ask.Set("y", "4"), Ask.Set("y", "5"));
        var updates = await watch.Responses.NextAsync(5);
        Assert.Equal(["initial_value", "initial_value", "heartbeat", "value_change", "value_change"], updates.Select(update => update.UpdateType));
        Assert.Equal([0, 0, 3, 4, 5], updates.Select(update => update.Revision));
        Assert.Equal([(3L, "3"), (2L, "2")], updates.Take(2).Select(update => (update.Variable.Revision, Json(update))));
        Assert.Equal([("2", "4"), ("4", "5")], updates.Skip(3).Select(update => (update.OldValue.Value.ToStringUtf8(), Json(update))));
    }

    [Fact]
    public async Task Any_resume_point_gives_the_same_suffix_and_then_goes_on_live()
    {
        await OkAsync(Ask.Register("x"));
        await SetAsync(1, 20);
        for (var from = 0; from <= 21; from++)
        {
            var watch = await WatchAsync(Ask.Watch(from));
            Assert.Equal(Enumerable.Range(from + 1, 21 - from).Select(revision => (long)revision), await watch.RevisionsAsync(21 - from));
            Assert.Equal($"{from}", watch.Call.ResponseHeaders["snakepit-revision"]);
            await watch.Call.Caller.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(watch.EndAsync);
        }

        Assert.Equal(0, Hub.WatcherCount);
    }

    [Fact]
    public async Task To_resume_above_the_session_is_a_resync()
    {
        await OkAsync(Ask.Register("x"), Ask.Register("y"));
        var watch = await WatchAsync(Ask.Watch(fromRevision: 99, "y"));
        var updates = await watch.Responses.NextAsync(3);
        Assert.Equal(["resync", "initial_value", "heartbeat"], updates.Select(update => update.UpdateType));
        Assert.Equal([0, 0, 2], updates.Select(update => update.Revision));
        Assert.Equal("y", updates[1].Variable.Name);
    }

    [Fact]
    public async Task Identifiers_must_exist_now_or_in_the_log_and_all_that_do_not_are_named()
    {
        await OkAsync(Ask.Register("gone"), Ask.Delete("gone"), Ask.Register("x"));
        var missing = await Watch(Ask.Watch(null, "x", "gone", "never")).EndAsync();
        Assert.Equal(new RpcStatus(RpcCode.NotFound, "Variable not found: gone, never"), missing);
        Assert.Equal("Variable not found: never", (await Watch(Ask.Watch(0, "gone", "never")).EndAsync()).Message);
        Assert.Equal("Variable not found: gone", (await Watch(Ask.Watch(2, "gone")).EndAsync()).Message);
        var watch = await WatchAsync(Ask.Watch(0, "gone"));
        Assert.Equal([1, 2], await watch.RevisionsAsync(2));
    }

    [Fact]
    public async Task A_name_follows_the_name_and_an_id_follows_that_one_variable()
    {
        await OkAsync(Ask.Register("x"));
        var (byName, byId) = (await WatchAsync(Ask.Watch(null, "x")), await WatchAsync(Ask.Watch(null, "var_x_1")));
        await OkAsync(Ask.Set("x", "1"), Ask.Delete("x"), Ask.Register("x"), Ask.Set("x", "2"));
        Assert.Equal([2, 3, 4, 5], await byName.RevisionsAsync(4));
        Assert.Equal([2, 3], await byId.RevisionsAsync(2));
        Hub.Drain();
        await byId.EndAsync();
        Assert.Equal(0, byId.Responses.Unread);
    }

    [Fact]
    public async Task Patterns_and_types_choose_what_comes_and_later_variables_are_included()
    {
        await OkAsync(Ask.Register("a.x"));
        var request = Ask.Watch();
        request.Patterns.Add("a.*");
        request.UpdateTypes.Add("value_change");
        var watch = await WatchAsync(request);
        await OkAsync(Ask.Register("a.y"), Ask.Set("a.y", "1"), Ask.Register("b"), Ask.Set("b", "1"), Ask.Set("a.x", "1"));
        Assert.Equal([3, 6], await watch.RevisionsAsync(2));
    }

    [Fact]
    public async Task A_watch_of_an_unknown_session_is_not_found_and_leaves_nothing_behind()
    {
        Assert.Equal(new RpcStatus(RpcCode.NotFound, "Session not found: s"), await Watch(Ask.Watch()).EndAsync());
        Assert.Equal((0, 0), (Hub.WatcherCount, Sessions.ActiveCount));
    }

    [Fact]
    public async Task A_limit_of_watchers_is_named()
    {
        Watching = new() { MaxWatchers = 1 };
        await OkAsync(Ask.Register("x"));
        await WatchAsync();
        Assert.Equal(
            new RpcStatus(RpcCode.ResourceExhausted, "the server has 1 watchers, which is the limit"), await Watch(Ask.Watch()).EndAsync());
        Assert.Equal(1, Hub.WatcherCount);
    }
}
