using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Contract.Support;

namespace Snakepit.Tests.Contract.Watching;

/// <summary>Which changes a watch is about.</summary>
public sealed class WatchSelectionTests(SharedServer server)
{
    [Fact]
    public async Task A_watch_of_the_whole_session_includes_what_is_registered_later()
    {
        var session = server.NewSession();
        await session.InitializeAsync();
        using var watch = await session.WatchAsync();

        await session.RegisterAsync("later", 1);
        await session.SetAsync("later", 2);

        Assert.Equal("later", (await watch.NextAsync("registered")).Variable.Name);
        Assert.Equal("2", (await watch.NextAsync("value_change")).NewText());
    }

    [Fact]
    public async Task A_pattern_includes_later_variables_and_nothing_else()
    {
        var session = server.NewSession();
        await session.RegisterAsync("a.one");
        using var watch = await session.WatchAsync(new WatchVariablesRequest { Patterns = { "a.*", "z" } });

        foreach (var name in new[] { "b.a.", "xa.two", "a.two", "zz", "z" })
        {
            await session.RegisterAsync(name);
        }

        await session.SetAsync("a.one", 1);

        Assert.Equal(["a.two", "z", "a.one"], (await watch.TakeAsync(3)).Select(update => update.Variable.Name));
    }

    [Fact]
    public async Task A_name_follows_the_name_and_an_id_that_one_variable()
    {
        var session = server.NewSession();
        var first = (await session.RegisterAsync("x", 1)).VariableId;
        using var byName = await session.WatchAsync("x");
        using var byId = await session.WatchAsync(first);

        await session.DeleteAsync("x");
        var second = (await session.RegisterAsync("x", 2)).VariableId;
        await session.SetAsync("x", 3);
        await session.CleanUpAsync();

        var named = await byName.EndAsync();
        Assert.Equal(
            [("deleted", first), ("registered", second), ("value_change", second)],
            named.Rest.Select(update => (update.UpdateType, update.VariableId)));
        var update = Assert.Single((await byId.EndAsync()).Rest);
        Assert.Equal(("deleted", first), (update.UpdateType, update.VariableId));
    }

    [Fact]
    public async Task Identifiers_that_name_nothing_are_refused_all_at_once()
    {
        var session = server.NewSession();
        await session.RegisterAsync("x");
        using var watch = session.Watch(new WatchVariablesRequest { VariableIdentifiers = { "x", "missing2", "missing1" } });

        await watch.StartedAsync().RefusedExactlyAsync(RpcCode.NotFound, "Variable not found: missing1, missing2");
    }

    [Fact]
    public async Task Identifiers_that_only_the_log_knows_are_found_when_the_watch_begins_before_them()
    {
        var session = server.NewSession();
        await session.InitializeAsync();
        var before = (await session.DescribeAsync()).Revision;
        var id = (await session.RegisterAsync("gone", 1)).VariableId;
        await session.RegisterAsync("other");
        var deleted = await session.DeleteAsync("gone");

        foreach (var identifier in new[] { "gone", id })
        {
            using var watch = await session.WatchAsync(
                new WatchVariablesRequest { FromRevision = before, VariableIdentifiers = { identifier } });
            Assert.Equal(["registered", "deleted"], (await watch.TakeAsync(2)).Select(update => update.UpdateType));
        }

        using var later = session.Watch(
            new WatchVariablesRequest { FromRevision = deleted.Revision, VariableIdentifiers = { "gone" } });
        await later.StartedAsync().RefusedExactlyAsync(RpcCode.NotFound, "Variable not found: gone");
        using var now = session.Watch(new WatchVariablesRequest { VariableIdentifiers = { "gone" } });
        await now.StartedAsync().RefusedExactlyAsync(RpcCode.NotFound, "Variable not found: gone");
    }

    [Fact]
    public async Task A_name_known_only_from_the_log_is_followed_when_it_returns()
    {
        var session = server.NewSession();
        var registered = await session.RegisterAsync("x", 1);
        await session.DeleteAsync("x");
        using var watch = await session.WatchAsync(
            new WatchVariablesRequest { FromRevision = registered.Revision, VariableIdentifiers = { "x" } });
        await watch.NextAsync("deleted");

        await session.RegisterAsync("x", 2);

        Assert.Equal("2", (await watch.NextAsync("registered")).NewText());
    }

    [Fact]
    public async Task Update_types_filter_changes_and_let_heartbeats_and_initial_values_through()
    {
        var session = server.NewSession();
        await session.RegisterAsync("x");
        using var watch = session.Watch(new WatchVariablesRequest
        {
            IncludeInitialValues = true,
            UpdateTypes = { "constraint_change", "deleted" },
        });
        Assert.Single((await watch.SnapshotAsync()).Initial);

        await session.SetAsync("x", 1);
        await session.UpdateAsync(new() { VariableIdentifier = "x", ConstraintsJson = """{"max": 9}""" });
        await session.RegisterAsync("y");
        await session.DeleteAsync("x");

        await watch.NextAsync("constraint_change");
        await watch.NextAsync("deleted");
    }

    [Fact]
    public async Task Bad_requests_are_refused()
    {
        var session = server.NewSession();
        await session.RegisterAsync("x");
        (WatchVariablesRequest Request, RpcCode Code, string Words)[] cases =
        [
            (new() { UpdateTypes = { "value_chnage" } }, RpcCode.InvalidArgument, "value_chnage"),
            (new() { FromRevision = -1 }, RpcCode.InvalidArgument, "from_revision"),
            (new() { MinIntervalMs = -1 }, RpcCode.InvalidArgument, "min_interval_ms"),
            (new() { Patterns = { "" } }, RpcCode.InvalidArgument, "pattern"),
            (new() { VariableIdentifiers = { "" } }, RpcCode.NotFound, "not found"),
            (new() { Patterns = { Enumerable.Repeat("x", 1_001) } }, RpcCode.ResourceExhausted, "the limit is 1000"),
        ];
        foreach (var (request, code, words) in cases)
        {
            using var watch = session.Watch(request);
            await watch.StartedAsync().RefusedAsync(code, words);
        }

        Assert.Equal(0, (await session.DescribeAsync()).WatcherCount);
    }
}
