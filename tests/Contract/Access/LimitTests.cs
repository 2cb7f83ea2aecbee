using System.Globalization;
using System.Text.Json.Nodes;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Contract.Support;

namespace Snakepit.Tests.Contract.Access;

public sealed class LimitTests
{
    [Fact]
    public async Task Calls_beyond_the_burst_are_refused_and_told_when_to_come_again_and_others_are_not()
    {
        await using var server = await StartAsync("""{"calls_per_second": 0.01, "burst": 3}""");
        for (var i = 0; i < 3; i++)
        {
            await PingAsync(server, "limited");
        }

        var refused = await Assert.ThrowsAsync<RpcException>(() => PingAsync(server, "limited"));
        Assert.Equal(new RpcStatus(RpcCode.ResourceExhausted, "the limit of 0.01 calls a second of limited is reached"), refused.Status);
        Assert.InRange(int.Parse(refused.Trailers["grpc-retry-pushback-ms"], CultureInfo.InvariantCulture), 1, 100_000);
        await PingAsync(server, "free");
    }

    [Fact]
    public async Task Calls_that_are_refused_for_want_of_a_right_are_calls_too()
    {
        await using var server = await StartAsync("""{"calls_per_second": 0.01, "burst": 2}""");
        var session = server.As("limited").Session("s");
        await session.ExecuteAsync("add").RefusedAsync(RpcCode.PermissionDenied, "call_tools");
        await session.ExecuteAsync("add").RefusedAsync(RpcCode.PermissionDenied, "call_tools");
        await session.ExecuteAsync("add").RefusedExactlyAsync(
            RpcCode.ResourceExhausted, "the limit of 0.01 calls a second of limited is reached");
    }

    [Fact]
    public async Task Who_waits_as_long_as_it_was_told_is_let_in()
    {
        await using var server = await StartAsync("""{"calls_per_second": 0.1}""");
        await PingAsync(server, "limited");
        Assert.True(await IsRefusedAsync(server));
        await Eventually.TrueAsync(async () => !await IsRefusedAsync(server), "a call is let in again");
    }

    [Fact]
    public async Task Bytes_are_counted_and_one_large_request_empties_what_there_is()
    {
        await using var server = await StartAsync("""{"bytes_per_second": 100}""");
        var large = new PingRequest { Message = new string('x', 100_000) };
        await server.As("limited").BridgeAsync<PingResponse>("Ping", large);
        await PingAsync(server, "limited").RefusedExactlyAsync(
            RpcCode.ResourceExhausted, "the limit of 100 bytes a second of limited is reached");
    }

    [Fact]
    public async Task Watches_that_are_open_are_counted_and_one_that_ends_makes_room()
    {
        await using var server = await StartAsync("""{"open_watches": 2}""");
        await server.As("free").Session("s").InitializeAsync();
        var session = server.As("limited").Session("s");
        using var first = await session.WatchAsync();
        using var second = await session.WatchAsync();
        await session.WatchAsync().RefusedExactlyAsync(
            RpcCode.ResourceExhausted, "the limit of 2 open watches of limited is reached");
        using var others = await server.As("free").Session("s").WatchAsync();

        first.Dispose();
        await Eventually.TrueAsync(async () => await OpensAsync(session), "there is room for a watch");
    }

    [Fact]
    public async Task Sessions_that_a_principal_made_are_counted_and_those_of_others_are_open_to_it()
    {
        await using var server = await StartAsync("""{"sessions": 2}""");
        await server.As("free").Session("free").InitializeAsync();
        await server.As("limited").Session("a").InitializeAsync();
        await server.As("limited").Session("b").RegisterAsync("x");
        await server.As("limited").Session("c").InitializeAsync().RefusedExactlyAsync(
            RpcCode.ResourceExhausted, "the limit of 2 sessions made by limited is reached");
        await server.As("limited").Session("a").InitializeAsync();
        await server.As("limited").Session("free").RegisterAsync("x");

        await server.As("limited").Session("a").CleanUpAsync();
        await Eventually.TrueAsync(
            async () => await SucceedsAsync(server.As("limited").Session("c").InitializeAsync()), "there is room for a session");
    }

    [Fact]
    public async Task One_session_bears_so_many_calls_whoever_they_are_of()
    {
        await using var server = await StartSessionAsync("""{"calls_per_second": 0.01}""");
        await server.As("one").Session("s").InitializeAsync();
        await server.As("two").Session("s").DescribeAsync().RefusedExactlyAsync(
            RpcCode.ResourceExhausted, "the limit of 0.01 calls a second of one session is reached");
        await server.As("two").Session("other").InitializeAsync();
    }

    [Fact]
    public async Task One_session_bears_so_many_watchers_whoever_they_are_of()
    {
        await using var server = await StartSessionAsync("""{"watchers": 1}""");
        await server.As("one").Session("s").InitializeAsync();
        var watch = await server.As("one").Session("s").WatchAsync();
        await server.As("two").Session("s").WatchAsync().RefusedExactlyAsync(
            RpcCode.ResourceExhausted, "the limit of 1 watchers of one session is reached");
        watch.Dispose();
        await Eventually.TrueAsync(() => OpensAsync(server.As("two").Session("s")), "there is room for a watcher");
    }

    private static Task<ClosedServer> StartSessionAsync(string limits) => ClosedServer.StartAsync(new AccessFixture()
        .With("one", "read write watch").With("two", "read write watch").Saying("session_limits", JsonNode.Parse(limits)!));

    private static Task<ClosedServer> StartAsync(string limits) => ClosedServer.StartAsync(new AccessFixture()
        .With("limited", "read write watch", limits: limits).With("free", "read write watch"));

    private static Task<PingResponse> PingAsync(ClosedServer server, string principal) =>
        server.As(principal).BridgeAsync<PingResponse>("Ping", new PingRequest { Message = "x" });

    private static async Task<bool> IsRefusedAsync(ClosedServer server) => !await SucceedsAsync(PingAsync(server, "limited"));

    private static async Task<bool> OpensAsync(SessionClient session)
    {
        using var watch = session.Watch(new WatchVariablesRequest());
        return await SucceedsAsync(watch.StartedAsync());
    }

    private static async Task<bool> SucceedsAsync(Task call)
    {
        try
        {
            await call;
            return true;
        }
        catch (RpcException refused) when (refused.Status.Code == RpcCode.ResourceExhausted)
        {
            return false;
        }
    }
}
