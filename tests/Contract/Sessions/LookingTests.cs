using Snakepit.Protocol.Administration;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Contract.Support;

namespace Snakepit.Tests.Contract.Sessions;

/// <summary>What those see who look after sessions rather than use them.</summary>
public sealed class LookingTests(SharedServer server)
{
    private readonly SessionClient _session = server.NewSession();

    [Fact]
    public async Task A_session_in_memory_is_described_with_its_counts()
    {
        await _session.InitializeAsync(new() { ["app"] = "test" });
        await _session.RegisterAsync("x", 1);
        await _session.RegisterAsync("y", 2);
        using var watch = await _session.WatchAsync();

        var session = (await DescribeAsync()).Session;

        Assert.Equal((_session.Id, true, 2, 0), (session.SessionId, session.Active, session.VariableCount, session.ToolCount));
        Assert.Equal("test", session.Metadata["app"]);
        Assert.True(session.Revision > 1);
        await Eventually.TrueAsync(async () => (await DescribeAsync()).Session.WatcherCount == 1, "the watcher is counted");
        Assert.Equal(
            session.VariableCount,
            Assert.Single((await CallAsync<ListSessionsResponse>("ListSessions", new ListSessionsRequest { Pattern = _session.Id })).Sessions).VariableCount);
    }

    [Fact]
    public async Task Looking_does_not_put_off_the_end_of_a_session()
    {
        await _session.InitializeAsync(ttlSeconds: 600);
        var before = (await DescribeAsync()).Session.ExpiresAt;

        await CallAsync<ListSessionsResponse>("ListSessions", new ListSessionsRequest { Pattern = _session.Id });
        await CallAsync<ListWatchersResponse>("ListWatchers", new ListWatchersRequest { SessionId = _session.Id });
        Assert.Equal(before, (await DescribeAsync()).Session.ExpiresAt);

        await _session.HeartbeatAsync();
        Assert.True((await DescribeAsync()).Session.ExpiresAt >= before);
    }

    [Fact]
    public async Task A_session_that_is_not_there_is_NOT_FOUND() =>
        await DescribeAsync().RefusedAsync(RpcCode.NotFound, "is not in memory");

    [Fact]
    public async Task Watchers_are_told_with_what_they_follow_and_how_far_they_are()
    {
        await _session.RegisterAsync("x", 1);
        await _session.RegisterAsync("y", 2);
        using var watch = new WatchClient(
            server.Client, new WatchVariablesRequest { SessionId = _session.Id, VariableIdentifiers = { "x" }, Patterns = { "y*" } });
        await watch.StartedAsync();
        var set = await _session.SetAsync("x", 3);
        await watch.NextAsync("value_change");

        await Eventually.TrueAsync(
            async () => (await WatchersAsync()).Watchers.SingleOrDefault()?.Revision == set.Revision, "the watcher is level");
        var watchers = await WatchersAsync();
        var watcher = Assert.Single(watchers.Watchers);
        Assert.Equal(1, watchers.WatcherCount);
        Assert.StartsWith("ipv4:127.0.0.1:", watcher.Peer, StringComparison.Ordinal);
        Assert.Equal(["x"], watcher.VariableIdentifiers);
        Assert.Equal(["y*"], watcher.Patterns);
        Assert.Equal(0, watcher.Lag);

        watch.Dispose();
        await Eventually.TrueAsync(async () => (await WatchersAsync()).WatcherCount == 0, "the watcher has left");
    }

    [Fact]
    public async Task Dependencies_are_listed_by_the_ids_of_their_ends()
    {
        var x = await _session.RegisterAsync("x", 1);
        var y = await _session.RegisterAsync("y", 2);
        await _session.CallAsync<AddDependencyResponse>(
            "AddDependency", new AddDependencyRequest { SessionId = _session.Id, FromVariable = "y", ToVariable = "x", DependencyType = "constraint" });

        var listed = await CallAsync<ListDependenciesResponse>("ListDependencies", new ListDependenciesRequest { SessionId = _session.Id });

        Assert.Equal(
            new VariableDependency { FromVariableId = y.VariableId, ToVariableId = x.VariableId, DependencyType = "constraint" },
            Assert.Single(listed.Dependencies));
    }

    [Fact]
    public async Task The_server_says_what_it_is()
    {
        await _session.RegisterAsync("x", 1);
        var description = await CallAsync<DescribeServerResponse>("DescribeServer", new DescribeServerRequest());

        // A gateway tells what it counted last.
        Assert.True(description.SessionCount >= (description.Kind == DescribeServerResponse.Types.Kind.Sidecar ? 1 : 0));
        Assert.True(description.ActiveSessionCount >= 1);
        Assert.True(description.StartedAt <= description.ServerTime);
        Assert.Equal(description.Kind == DescribeServerResponse.Types.Kind.Gateway, description.Silos.Count > 0);
        Assert.All(description.Silos, silo => Assert.Equal("Active", silo.Status));
        var home = (await DescribeAsync()).Session.Silo;
        Assert.Contains(home, description.Silos.Select(silo => silo.Address).DefaultIfEmpty(""));
    }

    private Task<DescribeSessionResponse> DescribeAsync() =>
        CallAsync<DescribeSessionResponse>("DescribeSession", new DescribeSessionRequest { SessionId = _session.Id });

    private Task<ListWatchersResponse> WatchersAsync() =>
        CallAsync<ListWatchersResponse>("ListWatchers", new ListWatchersRequest { SessionId = _session.Id });

    private Task<TResponse> CallAsync<TResponse>(string method, Google.Protobuf.IMessage request)
        where TResponse : class, Google.Protobuf.IMessage<TResponse>, new() =>
        server.Client.CallAsync<TResponse>(BridgeClient.SessionsService, method, request);
}
