using Microsoft.Extensions.Logging.Abstractions;
using Snakepit.GrpcGateway;
using Snakepit.Protocol.Rpc;
using Snakepit.Protocol.Tools;
using Snakepit.Serving.Access;
using Snakepit.Silo;
using Snakepit.Storage.Postgres;
using Snakepit.Tests.Contract.Support;
using Snakepit.Transport;

namespace Snakepit.Tests.Contract;

/// <summary>Two gateways that ask who calls, and show each other that they are gateways.</summary>
public sealed class ClosedGatewaysTests : IAsyncLifetime
{
    private const string Everything = "read write watch call_tools serve_tools administer";
    private const string Secret = "a-secret-of-the-gateways-that-is-long-enough";

    private readonly AccessFixture _access = new AccessFixture()
        .With("red", Everything, tenant: "red/team").With("blue", Everything, tenant: "blue").With("narrow", Everything, "mine-*", "blue");

    private readonly List<GatewayServer> _gateways = [];
    private readonly List<BridgeClient> _clients = [];
    private PostgresOptions _database = null!;
    private SiloServer _silo = null!;

    private string PeerFile => Path.Combine(_access.Folder, "peers");

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(PeerFile, $"{Secret}\n");
        _database = new PostgresOptions(await SharedPostgres.ConnectionStringAsync()) { Schema = $"closed{Guid.NewGuid():N}" };
        _silo = await SiloServer.StartAsync(new SiloOptions { Database = _database, SiloPort = 0, ClientPort = 0 }, NullLoggerFactory.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(client => client.Dispose());
        foreach (var gateway in _gateways)
        {
            await gateway.StopAsync(TimeSpan.Zero);
            await gateway.DisposeAsync();
        }

        await _silo.DisposeAsync();
        _access.Dispose();
    }

    [Fact]
    public async Task A_call_is_handed_over_to_the_host_of_its_own_tenant()
    {
        await StartAsync(PeerFile, PeerFile);
        await using var red = await AttachedClient.StartAsync(As(1, "red"), "host-1");
        await using var blue = await AttachedClient.StartAsync(As(1, "blue"), "host-1");
        await As(0, "red").Session("s").InitializeAsync();
        await As(0, "blue").Session("s").InitializeAsync();
        await red.OfferAsync(As(0, "red").Session("s"), "add", "stream");
        await blue.OfferAsync(As(0, "blue").Session("s"), "add");

        var answer = As(0, "red").Session("s").ExecuteAsync("add");
        await red.AnswerAsync(await red.NextCallAsync(), "\"red\"");
        Assert.Equal("\"red\"", (await answer).Result.Text());
        using var chunks = As(0, "red").Session("s").ExecuteStreaming("stream");
        await red.ChunkAsync(await red.NextCallAsync(), "last", final: true);
        Assert.Equal("last", (await chunks.NextAsync()).ChunkId);
        answer = As(0, "blue").Session("s").ExecuteAsync("add");
        await blue.AnswerAsync(await blue.NextCallAsync(), "\"blue\"");
        Assert.Equal("\"blue\"", (await answer).Result.Text());
    }

    [Fact]
    public async Task A_host_is_not_called_for_sessions_where_its_principal_may_not_serve()
    {
        await StartAsync(PeerFile, PeerFile);
        await As(0, "blue").Session("hers").InitializeAsync();
        await using var real = await AttachedClient.StartAsync(As(1, "blue"), "host-1");
        await real.OfferAsync(As(0, "blue").Session("hers"), "add");
        await real.DisposeAsync();
        await Eventually.TrueAsync(async () => (await As(1, "blue").WorkersAsync()).Count == 0, "the host has left");

        await using var impostor = await AttachedClient.StartAsync(As(1, "narrow"), "host-1");
        await Eventually.TrueAsync(async () => (await As(0, "blue").WorkersAsync()).Count == 1, "the other gateway has heard of it");
        var answer = await As(0, "blue").Session("hers").ExecuteAsync("add");
        Assert.False(answer.Success);
        Assert.Contains("host-1 is not attached to this gateway", answer.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gateway_that_cannot_show_that_it_is_one_hands_over_nothing()
    {
        await StartAsync(null, PeerFile);
        await using var host = await AttachedClient.StartAsync(As(1, "blue"));
        await As(0, "blue").Session("s").InitializeAsync();
        await host.OfferAsync(As(0, "blue").Session("s"), "add");
        Assert.Contains("UNAUTHENTICATED", (await As(0, "blue").Session("s").ExecuteAsync("add")).ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_gateways_show_opens_nothing_else()
    {
        await StartAsync(PeerFile);
        var peer = Showing(0, Secret);
        await peer.Session("s").GetAsync("x").RefusedAsync(RpcCode.PermissionDenied, "gateway does not have the right read");
        await peer.Session("s").ExecuteAsync("add").RefusedAsync(RpcCode.PermissionDenied, "gateway does not have the right call_tools");
        await peer.CallAsync<ListWorkersResponse>(BridgeClient.ToolsService, "ListWorkers", new ListWorkersRequest())
            .RefusedAsync(RpcCode.PermissionDenied, "administer");

        await File.WriteAllTextAsync(PeerFile, "another-secret-of-the-gateways-that-is-long-enough\n");
        await Eventually.TrueAsync(
            async () => (await Assert.ThrowsAsync<RpcException>(() => peer.Session("s").GetAsync("x"))).Status.Code == RpcCode.Unauthenticated,
            "the old secret is not taken any more");
    }

    private async Task StartAsync(params string?[] peerFiles)
    {
        foreach (var peers in peerFiles)
        {
            _gateways.Add(await GatewayServer.StartAsync(
                new GatewayServerOptions
                {
                    Database = _database,
                    Endpoints = [new GrpcEndpoint("127.0.0.1", 0)],
                    Access = new AccessSettings { File = _access.Path, PeerTokenFile = peers },
                },
                NullLoggerFactory.Instance));
        }
    }

    private BridgeClient As(int gateway, string principal) => Showing(gateway, AccessFixture.TokenOf(principal));

    private BridgeClient Showing(int gateway, string token)
    {
        var client = new BridgeClient($"127.0.0.1:{_gateways[gateway].Port}", token: token);
        _clients.Add(client);
        return client;
    }
}
