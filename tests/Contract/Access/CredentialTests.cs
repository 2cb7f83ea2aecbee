using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Health;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Contract.Support;
using Snakepit.Transport;

namespace Snakepit.Tests.Contract.Access;

public sealed class CredentialTests : IAsyncLifetime
{
    private ClosedServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await ClosedServer.StartAsync(
        new AccessFixture().With("alice", "read write watch").With("late", "read").Expiring("late", DateTimeOffset.UtcNow.AddDays(-1)));

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Who_shows_a_token_of_the_file_is_let_in()
    {
        await PingAsync(_server.As("alice"));
        var session = _server.As("alice").NewSession();
        await session.InitializeAsync();
        await session.RegisterAsync("x", 1);
        Assert.Equal("1", (await session.GetAsync("x")).Value.Text());
    }

    [Theory]
    [InlineData(null, "nothing says who calls")]
    [InlineData("unknown-token", "the token is not known")]
    [InlineData("a.b.c", "the token is not known")]
    [InlineData("", "the token is not known")]
    public Task Who_shows_none_or_another_is_not(string? token, string words) =>
        PingAsync(_server.Showing(token)).RefusedAsync(RpcCode.Unauthenticated, words);

    [Fact]
    public Task A_token_that_has_expired_lets_nobody_in() =>
        PingAsync(_server.As("late")).RefusedAsync(RpcCode.Unauthenticated, "the token has expired");

    [Fact]
    public async Task Another_scheme_than_bearer_is_refused()
    {
        using var channel = new RpcChannel(_server.Server.Address);
        var options = new RpcCallOptions { Headers = new Dictionary<string, string> { ["authorization"] = "Basic YWxpY2U6eA==" } };
        await channel.CallAsync($"/{BridgeClient.BridgeService}/Ping", new PingRequest(), PingResponse.Parser, options)
            .RefusedAsync(RpcCode.Unauthenticated, "must be Bearer");
    }

    [Fact]
    public async Task A_stream_is_refused_like_a_call()
    {
        using var watch = new WatchClient(_server.Showing(null), new WatchVariablesRequest { SessionId = "s" });
        Assert.Equal(RpcCode.Unauthenticated, (await watch.EndAsync()).Status.Code);
    }

    [Fact]
    public async Task Health_is_told_to_everyone() =>
        Assert.Equal(
            HealthCheckResponse.Types.ServingStatus.Serving,
            (await _server.Showing(null).CallAsync<HealthCheckResponse>("grpc.health.v1.Health", "Check", new HealthCheckRequest())).Status);

    [Fact]
    public async Task An_anonymous_principal_is_what_a_caller_without_credentials_is_and_a_wrong_token_is_still_wrong()
    {
        await using var server = await ClosedServer.StartAsync(
            new AccessFixture().With("guest", "read").Saying("anonymous", "guest"));
        await PingAsync(server.Showing(null));
        await server.Showing(null).Session("s").InitializeAsync()
            .RefusedAsync(RpcCode.PermissionDenied, "guest does not have the right write on session s");
        await PingAsync(server.Showing("unknown-token")).RefusedAsync(RpcCode.Unauthenticated, "the token is not known");
    }

    [Fact]
    public async Task Refused_calls_are_counted_by_reason()
    {
        await using var server = await ClosedServer.StartAsync(
            new AccessFixture().With("reader", "read").With("limited", "read", limits: """{"calls_per_second": 0.01}"""),
            new ServerSettings { HasAdmin = true });
        await PingAsync(server.Showing("nobody")).RefusedAsync(RpcCode.Unauthenticated, "not known");
        await server.As("reader").Session("s").InitializeAsync().RefusedAsync(RpcCode.PermissionDenied, "write");
        await PingAsync(server.As("limited"));
        await PingAsync(server.As("limited")).RefusedAsync(RpcCode.ResourceExhausted, "calls a second");
        using var http = new HttpClient();
        var page = await http.GetStringAsync(
            new Uri($"http://127.0.0.1:{server.Server.AdminPort}/metrics"), TestContext.Current.CancellationToken);
        foreach (var reason in new[] { "unauthenticated", "permission", "limit" })
        {
            Assert.Contains($"snakepit_calls_refused_total{{snakepit_refusal_reason=\"{reason}\"}}", page, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("reader", page, StringComparison.Ordinal);
    }

    private static Task<PingResponse> PingAsync(BridgeClient client) => client.BridgeAsync<PingResponse>("Ping", new PingRequest { Message = "x" });
}
