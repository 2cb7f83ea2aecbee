using Snakepit.Protocol.Administration;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Calculating;
using Snakepit.Protocol.Rpc;
using Snakepit.Protocol.Tools;
using Snakepit.Tests.Contract.Support;

namespace Snakepit.Tests.Contract.Access;

/// <summary>Two tenants of one server: what one has does not exist for the other.</summary>
public sealed class TenantTests : IAsyncLifetime
{
    private const string Everything = "read write watch call_tools serve_tools administer";

    private ClosedServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await ClosedServer.StartAsync(new AccessFixture()
        .With("red", Everything, tenant: "red/team")
        .With("blue", Everything, tenant: "blue"));

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_session_of_another_tenant_does_not_exist()
    {
        await Red.InitializeAsync();
        await Red.RegisterAsync("x", 1);

        await Blue.GetAsync("x").RefusedExactlyAsync(RpcCode.NotFound, "Session not found: s");
        await Blue.SetAsync("x", 2).RefusedExactlyAsync(RpcCode.NotFound, "Session not found: s");
        await Blue.WatchAsync().RefusedExactlyAsync(RpcCode.NotFound, "Session not found: s");
        Assert.Equal("Session not found: s", (await Blue.ExecuteAsync("add")).ErrorMessage);
        Assert.False(await Blue.HeartbeatAsync());
        Assert.Equal(0, (await Blue.CleanUpAsync()).ResourcesCleaned);
        Assert.Empty(await ListAsync("blue"));
        Assert.Equal(["s"], await ListAsync("red"));
        Assert.Equal("1", (await Red.GetAsync("x")).Value.Text());
    }

    [Fact]
    public async Task Sessions_of_one_id_are_two_and_their_watches_too()
    {
        await Red.InitializeAsync();
        await Red.RegisterAsync("x", 1);
        await Blue.InitializeAsync();
        await Blue.RegisterAsync("x", 100);
        using var watch = await Blue.WatchAsync();

        await Red.SetAsync("x", 2);
        await Blue.SetAsync("x", 200);

        Assert.Equal("200", (await watch.NextAsync("value_change")).Variable.Value.Text());
        Assert.Equal("2", (await Red.GetAsync("x")).Value.Text());
    }

    [Fact]
    public async Task A_calculation_of_another_tenant_does_not_exist()
    {
        var token = (await _server.As("red").CallAsync<SessionOperation>("Calculator", "Create", new Number { Value = 7 })).Token;
        var add = new SessionOperation { Token = token, Value = 1 };
        await _server.As("blue").CallAsync<Number>("Calculator", "Add", add)
            .RefusedExactlyAsync(RpcCode.NotFound, $"Calculation not found: {token}");
        Assert.Equal(8, (await _server.As("red").CallAsync<Number>("Calculator", "Add", add)).Value);
        Assert.Equal(8, (await _server.As("red").CallAsync<Number>("Calculator", "Answer", add)).Value);
        await _server.As("red").CallAsync<Number>("Calculator", "Add", add)
            .RefusedExactlyAsync(RpcCode.NotFound, $"Calculation not found: {token}");
    }

    [Fact]
    public async Task A_host_serves_its_own_tenant_though_another_has_one_of_its_name()
    {
        await Red.InitializeAsync();
        await Blue.InitializeAsync();
        await using var red = await AttachedClient.StartAsync(_server.As("red"), "host-1");
        await using var blue = await AttachedClient.StartAsync(_server.As("blue"), "host-1");
        await red.OfferAsync(Red, "add");
        await blue.OfferAsync(Blue, "add");

        var answer = Blue.ExecuteAsync("add");
        await blue.AnswerAsync(await blue.NextCallAsync(), "\"blue\"");
        Assert.Equal("\"blue\"", (await answer).Result.Text());
        Assert.Equal(["host-1"], (await _server.As("red").WorkersAsync()).Select(worker => worker.WorkerId));

        await blue.DisposeAsync();
        await Eventually.TrueAsync(async () => (await _server.As("blue").WorkersAsync()).Count == 0, "blue's host has left");
        Assert.Single(await _server.As("red").WorkersAsync());
    }

    [Fact]
    public async Task A_worker_that_one_tenant_announced_is_not_called_for_another()
    {
        await using var worker = await FakeWorker.StartAsync();
        await _server.As("red").AnnounceAsync(worker);
        await Red.InitializeAsync();
        await Blue.InitializeAsync();
        Assert.True((await Red.ExecuteAsync("anything")).Success);
        Assert.Equal("Tool not found: anything", (await Blue.ExecuteAsync("anything")).ErrorMessage);
        Assert.False((await _server.As("blue").CallAsync<RemoveWorkerResponse>(
            BridgeClient.ToolsService, "RemoveWorker", new RemoveWorkerRequest { WorkerId = worker.Id })).Removed);
    }

    [Fact]
    public async Task Telemetry_tells_of_the_own_tenant_only()
    {
        using var events = _server.As("blue").Duplex<TelemetryControl, TelemetryEvent>(BridgeClient.BridgeService, "StreamTelemetry");
        await events.ResponseHeaders;
        await Red.InitializeAsync();
        await _server.As("blue").Session("other").InitializeAsync();
        Assert.Equal("other", (await events.ReadAsync())!.Metadata["session_id"]);
    }

    private SessionClient Red => _server.As("red").Session("s");

    private SessionClient Blue => _server.As("blue").Session("s");

    private async Task<IEnumerable<string>> ListAsync(string principal) => (await _server.As(principal).CallAsync<ListSessionsResponse>(
        BridgeClient.SessionsService, "ListSessions", new ListSessionsRequest())).Sessions.Select(session => session.SessionId);
}
