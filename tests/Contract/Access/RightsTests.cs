using Snakepit.Protocol.Administration;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Calculating;
using Snakepit.Protocol.Rpc;
using Snakepit.Protocol.Tools;
using Snakepit.Tests.Contract.Support;

namespace Snakepit.Tests.Contract.Access;

public sealed class RightsTests : IAsyncLifetime
{
    private ClosedServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await ClosedServer.StartAsync(new AccessFixture()
            .With("owner", "read write watch call_tools serve_tools administer")
            .With("reader", "read")
            .With("writer", "write")
            .With("watcher", "watch")
            .With("caller", "call_tools")
            .With("server", "serve_tools")
            .With("rival", "serve_tools")
            .With("guarded", "read write watch serve_tools administer", "mine-*"));
        var session = Session("owner");
        await session.InitializeAsync();
        await session.RegisterAsync("x", 1);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task To_read_needs_read()
    {
        await Session("reader").GetAsync("x");
        await Session("reader").ListAsync();
        await Session("reader").HistoryAsync("x");
        await Session("reader").DescribeAsync();
        await RefusedAsync("writer", "read", session => session.GetAsync("x"));
        await RefusedAsync("watcher", "read", session => session.GetManyAsync("x"));
        await RefusedAsync("watcher", "read", session => session.ListAsync());
        await RefusedAsync("caller", "read", session => session.HistoryAsync("x"));
        await RefusedAsync("server", "read", session => session.DescribeAsync());
        await RefusedAsync("server", "read", session => session.HeartbeatAsync());
    }

    [Fact]
    public async Task To_write_needs_write_and_what_answers_with_values_needs_read_too()
    {
        await Session("writer").SetAsync("x", 2);
        await RefusedAsync("reader", "write", session => session.SetAsync("x", 3));
        await RefusedAsync("reader", "write", session => session.SetManyAsync(session.Batch(atomic: true, ("x", 3))));
        await RefusedAsync("reader", "write", session => session.InitializeAsync());
        await RefusedAsync("reader", "write", session => session.RegisterAsync("y"));
        await RefusedAsync("writer", "read", session => session.RegisterAsync("y"));
        await RefusedAsync("writer", "read", session => session.RollBackAsync("x", 0));
        await RefusedAsync("reader", "write", session => session.DeleteAsync("x"));
        await RefusedAsync("reader", "write", session => session.DependAsync("x", "x"));
        await RefusedAsync("reader", "write", session => session.StartOptimizationAsync("x", "o"));
        await RefusedAsync("reader", "write", session => session.StopOptimizationAsync("x"));
        await RefusedAsync("reader", "write", session => session.UpdateAsync(new() { VariableIdentifier = "x", ConstraintsJson = "{}" }));
        await RefusedAsync("reader", "write", session => session.CleanUpAsync());
        Assert.Equal("2", (await Session("reader").GetAsync("x")).Value.Text());
    }

    [Fact]
    public async Task To_watch_needs_watch()
    {
        using var watch = await Session("watcher").WatchAsync();
        await Session("owner").SetAsync("x", 9);
        Assert.Equal("9", (await watch.NextAsync("value_change")).Variable.Value.Text());
        await RefusedAsync("reader", "watch", session => session.WatchAsync());
    }

    [Fact]
    public async Task To_call_tools_and_to_serve_them_are_rights_of_their_own()
    {
        await using var host = await AttachedClient.StartAsync(_server.As("server"));
        await host.OfferAsync(Session("owner"), "add", "stream");
        var answer = Session("caller").ExecuteAsync("add");
        await host.AnswerAsync(await host.NextCallAsync(), "3");
        Assert.Equal("3", (await answer).Result.Text());

        await RefusedAsync("reader", "call_tools", session => session.ExecuteAsync("add"));
        await RefusedAsync("reader", "call_tools", session => session.ExecuteStreaming("stream").ReadAsync().AsTask());
        await RefusedAsync("reader", "call_tools", session => session.CallAsync<ExecuteElixirToolResponse>(
            "ExecuteElixirTool", new ExecuteElixirToolRequest { SessionId = session.Id, ToolName = "add" }));
        await RefusedAsync("caller", "serve_tools", session => session.RegisterToolsAsync("w", "mine"));
        await using var other = await AttachedClient.StartRawAsync(
            _server.As("caller"), new HostMessage { Hello = new Hello { HostId = "h" } });
        Assert.Equal(
            new RpcStatus(RpcCode.PermissionDenied, "caller does not have the right serve_tools on any session"), await other.EndedAsync());
    }

    [Fact]
    public async Task A_grant_holds_for_the_sessions_that_its_pattern_matches()
    {
        var mine = _server.As("guarded").Session("mine-1");
        await mine.InitializeAsync();
        await mine.RegisterAsync("x");
        await _server.As("guarded").Session("hers").GetAsync("x").RefusedExactlyAsync(
            RpcCode.PermissionDenied, "guarded does not have the right read on session hers");

        var listed = await _server.As("guarded").CallAsync<ListSessionsResponse>(
            BridgeClient.SessionsService, "ListSessions", new ListSessionsRequest());
        Assert.Equal(["mine-1"], listed.Sessions.Select(session => session.SessionId));

        await using var host = await AttachedClient.StartAsync(_server.As("guarded"));
        await host.OfferAsync(mine, "add");
        var refused = await host.OfferAsync("hers", new ToolSpec { Name = "add" });
        Assert.Equal("PERMISSION_DENIED: guarded does not have the right serve_tools on session hers", refused.ErrorMessage);
    }

    [Fact]
    public async Task A_tool_belongs_to_the_principal_that_first_offered_it_until_its_hosts_have_withdrawn_it()
    {
        await using var host = await AttachedClient.StartAsync(_server.As("server"));
        await using var second = await AttachedClient.StartAsync(_server.As("server"));
        await using var rival = await AttachedClient.StartAsync(_server.As("rival"));
        await host.OfferAsync(Session("owner"), "add", "sub");
        await second.OfferAsync(Session("owner"), "add");

        // Neither with another specification nor with the same; nor as a worker. Its own tools it may offer.
        const string Taken = "tool add of this session is another principal's";
        foreach (var spec in new[] { new ToolSpec { Name = "add", Description = "mine now" }, new ToolSpec { Name = "add" } })
        {
            Assert.Equal($"PERMISSION_DENIED: {Taken}", (await rival.OfferAsync("hers", new ToolSpec { Name = "other" }, spec)).ErrorMessage);
        }

        await Session("rival").RegisterToolsAsync("w", "add").RefusedExactlyAsync(RpcCode.PermissionDenied, Taken);
        await rival.OfferAsync(Session("owner"), "other");

        foreach (var withdrawing in new[] { host, second })
        {
            await withdrawing.SendAsync(new HostMessage { Withdrawal = new Withdrawal { SessionId = "hers", ToolNames = { "add" } } });
        }

        await Eventually.TrueAsync(
            async () => (await rival.OfferAsync("hers", new ToolSpec { Name = "add" })).Success, "the tool is free");
    }

    [Fact]
    public async Task Who_administers_a_session_may_take_over_its_tools()
    {
        await using var host = await AttachedClient.StartAsync(_server.As("server"));
        await host.OfferAsync(Session("owner"), "add");
        await using var administrator = await AttachedClient.StartAsync(_server.As("owner"));
        await administrator.OfferAsync(Session("owner"), "add");
        Assert.Equal(
            "PERMISSION_DENIED: tool add of this session is another principal's",
            (await host.OfferAsync("hers", new ToolSpec { Name = "add" })).ErrorMessage);
    }

    [Fact]
    public async Task A_host_is_called_only_for_sessions_where_its_principal_may_serve_and_no_other_can_take_its_place()
    {
        await using var host = await AttachedClient.StartAsync(_server.As("server"), "host-1");
        await host.OfferAsync(Session("owner"), "add");
        await using var impostor = await AttachedClient.StartRawAsync(
            _server.As("guarded"), new HostMessage { Hello = new Hello { HostId = "host-1" } });
        Assert.Equal(new RpcStatus(RpcCode.AlreadyExists, "host host-1 is attached by another principal"), await impostor.EndedAsync());

        await host.DisposeAsync();
        AttachedClient? successor = null;
        await Eventually.TrueAsync(
            async () =>
            {
                var next = await AttachedClient.StartRawAsync(
                    _server.As("guarded"), new HostMessage { Hello = new Hello { HostId = "host-1" } });
                if (await next.WelcomedAsync())
                {
                    successor = next;
                }

                return successor is not null;
            },
            "the host's name is free");
        Assert.Contains("no host of tool add is reachable", (await Session("caller").ExecuteAsync("add")).ErrorMessage, StringComparison.Ordinal);
        await successor!.DisposeAsync();
    }

    [Fact]
    public async Task What_belongs_to_no_session_needs_the_right_on_every_session()
    {
        var announce = new AddWorkerRequest { WorkerId = "w", Address = "127.0.0.1:1" };
        await _server.As("guarded").CallAsync<AddWorkerResponse>(BridgeClient.ToolsService, "AddWorker", announce)
            .RefusedExactlyAsync(RpcCode.PermissionDenied, "guarded does not have the right administer on every session");
        await _server.As("reader").CallAsync<ListWorkersResponse>(BridgeClient.ToolsService, "ListWorkers", new ListWorkersRequest())
            .RefusedAsync(RpcCode.PermissionDenied, "administer");
        await _server.As("owner").CallAsync<AddWorkerResponse>(BridgeClient.ToolsService, "AddWorker", announce);
    }

    [Fact]
    public async Task A_calculation_needs_write_somewhere()
    {
        await _server.As("reader").CallAsync<SessionOperation>("Calculator", "Create", new Number { Value = 1 })
            .RefusedExactlyAsync(RpcCode.PermissionDenied, "reader does not have the right write on any session");
        var token = (await _server.As("writer").CallAsync<SessionOperation>("Calculator", "Create", new Number { Value = 1 })).Token;
        Assert.Equal(1, (await _server.As("writer").CallAsync<Number>("Calculator", "Answer", new SessionOperation { Token = token })).Value);
    }

    [Fact]
    public async Task Only_gateways_may_say_for_which_host_a_call_is()
    {
        await using var host = await AttachedClient.StartAsync(_server.As("server"));
        using var channel = new Transport.RpcChannel(_server.Server.Address);
        var options = new Transport.RpcCallOptions
        {
            Headers = new Dictionary<string, string>
            {
                ["authorization"] = $"Bearer {AccessFixture.TokenOf("owner")}",
                ["x-snakepit-tool-host"] = host.Id,
            },
        };
        await channel.CallAsync(
            $"/{BridgeClient.BridgeService}/ExecuteTool",
            new ExecuteToolRequest { SessionId = "hers", ToolName = "add" },
            ExecuteToolResponse.Parser,
            options).RefusedExactlyAsync(RpcCode.PermissionDenied, "owner is no gateway: it may not name the host of a tool");
    }

    private SessionClient Session(string principal) => _server.As(principal).Session("hers");

    private Task RefusedAsync(string principal, string right, Func<SessionClient, Task> call) =>
        call(Session(principal)).RefusedExactlyAsync(
            RpcCode.PermissionDenied, $"{principal} does not have the right {right} on session hers");
}
