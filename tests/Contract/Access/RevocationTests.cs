using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Contract.Support;

namespace Snakepit.Tests.Contract.Access;

public sealed class RevocationTests : IAsyncLifetime
{
    private ClosedServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await ClosedServer.StartAsync(
        new AccessFixture().With("alice", "read write watch").With("bob", "read write watch serve_tools"));

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_principal_that_is_taken_out_of_the_file_is_out_and_its_watch_ends_while_others_go_on()
    {
        var session = await NewSessionAsync("alice");
        using var hers = await session.WatchAsync();
        using var his = await _server.As("bob").Session(session.Id).WatchAsync();

        _server.Access.Without("alice");

        var end = await hers.EndAsync();
        Assert.Equal(RpcCode.Unauthenticated, end.Status.Code);
        await session.GetAsync("x").RefusedAsync(RpcCode.Unauthenticated, "the token is not known");
        await _server.As("bob").Session(session.Id).SetAsync("x", 7);
        Assert.Equal("7", (await his.NextAsync("value_change")).Variable.Value.Text());
    }

    [Fact]
    public async Task A_watch_ends_when_the_token_that_opened_it_expires()
    {
        var session = await NewSessionAsync("alice");
        using var watch = await session.WatchAsync();
        _server.Access.Expiring("alice", DateTimeOffset.UtcNow.AddSeconds(5));
        var end = await watch.EndAsync();
        Assert.Equal(new RpcStatus(RpcCode.Unauthenticated, "the caller's credentials have expired"), end.Status);
    }

    [Fact]
    public async Task A_watch_ends_when_its_principal_may_not_do_the_same_any_longer()
    {
        var session = await NewSessionAsync("alice");
        using var watch = await session.WatchAsync();
        _server.Access.With("alice", "read write");
        Assert.Equal(RpcCode.Unauthenticated, (await watch.EndAsync()).Status.Code);
        await session.WatchAsync().RefusedAsync(RpcCode.PermissionDenied, "does not have the right watch");
    }

    [Fact]
    public async Task A_host_of_tools_is_detached_with_its_principal()
    {
        var session = await NewSessionAsync("bob");
        await using var host = await AttachedClient.StartAsync(_server.As("bob"));
        await host.OfferAsync(session, "add");
        _server.Access.Without("bob");
        Assert.Equal(RpcCode.Unauthenticated, (await host.EndedAsync()).Code);
    }

    [Fact]
    public async Task A_file_that_is_wrong_changes_nothing_and_the_next_that_is_right_does()
    {
        var session = await NewSessionAsync("alice");
        using var watch = await session.WatchAsync();
        _server.Access.WriteRaw("""{"principals": {"alice": {"rigths": []}}}""");
        _server.Access.WriteRaw("""{"principals": {"alice": """);
        await session.SetAsync("x", 1);
        Assert.Equal("1", (await watch.NextAsync("value_change")).Variable.Value.Text());

        _server.Access.With("carol", "read");
        await Eventually.TrueAsync(async () => await MayPingAsync("carol"), "a principal that was added is let in");
        await session.SetAsync("x", 2);
        Assert.Equal("2", (await watch.NextAsync("value_change")).Variable.Value.Text());
    }

    private async Task<bool> MayPingAsync(string principal)
    {
        try
        {
            await _server.As(principal).BridgeAsync<PingResponse>("Ping", new PingRequest());
            return true;
        }
        catch (RpcException)
        {
            return false;
        }
    }

    private async Task<SessionClient> NewSessionAsync(string principal)
    {
        var session = _server.As(principal).NewSession();
        await session.InitializeAsync();
        await session.RegisterAsync("x");
        return session;
    }
}
