using Microsoft.Extensions.Logging.Abstractions;
using Snakepit.GrpcGateway;
using Snakepit.Serving.Settings;
using Snakepit.Silo;
using Snakepit.Storage.Postgres;
using Snakepit.Tests.Contract.Support;
using Snakepit.Tests.Unit.Transport;
using Snakepit.Transport;

namespace Snakepit.Tests.Contract;

/// <summary>Gateways that serve TLS and ask for certificates call each other in the same way.</summary>
public sealed class ToolsAcrossTlsGatewaysTests : IAsyncLifetime
{
    private readonly TestAuthority _authority = new();
    private readonly EchoServer.RecordingLog _log = new();
    private readonly List<IAsyncDisposable> _running = [];
    private PostgresOptions _database = null!;

    public async ValueTask InitializeAsync()
    {
        _database = new PostgresOptions(await SharedPostgres.ConnectionStringAsync()) { Schema = $"tls{Guid.NewGuid():N}" };
        _running.Add(await SiloServer.StartAsync(new SiloOptions { Database = _database, SiloPort = 0, ClientPort = 0 }, NullLoggerFactory.Instance));
    }

    public async ValueTask DisposeAsync()
    {
        _running.Reverse();
        foreach (var process in _running)
        {
            await process.DisposeAsync();
        }

        _authority.Dispose();
    }

    [Fact]
    public async Task A_tool_is_called_at_the_gateway_that_its_host_is_attached_to()
    {
        using var here = Client(await StartAsync(Tls(ClientCertificates.Required)));
        using var there = Client(await StartAsync(Tls(ClientCertificates.Required)));
        var session = here.NewSession();
        await session.InitializeAsync();
        await using var host = await AttachedClient.StartAsync(there);
        await host.OfferAsync(session, "add");
        var answer = session.ExecuteAsync("add");
        await host.AnswerAsync(await host.NextCallAsync(), "3");
        Assert.Equal("3", (await answer).Result.Text());
    }

    [Fact]
    public async Task What_came_by_TLS_does_not_go_on_in_cleartext()
    {
        using var here = Client(await StartAsync(Tls(ClientCertificates.Optional)));
        using var there = new BridgeClient(AddressOf(await StartAsync(tls: null)));
        var session = here.NewSession();
        await session.InitializeAsync();
        await using var host = await AttachedClient.StartAsync(there, "open");
        await host.OfferAsync(session, "add");
        var answer = await session.ExecuteAsync("add");
        Assert.False(answer.Success);
        Assert.Contains("open is not connected", answer.ErrorMessage, StringComparison.Ordinal);
        Assert.Contains(_log.Entries, entry => entry.Message.Contains("one of the two gateways serves TLS and the other does not", StringComparison.Ordinal));
    }

    private static string AddressOf(GatewayServer gateway) => $"127.0.0.1:{gateway.Port}";

    private BridgeClient Client(GatewayServer gateway) => new(AddressOf(gateway), new RpcChannelOptions
    {
        Tls = new ClientTls(new TlsCredentials(_authority.Issue("client", TestAuthority.ClientUse), TimeProvider.System, NullLogger.Instance)),
    });

    private ServerTlsOptions Tls(ClientCertificates clients) => new(_authority.Issue("gateway"), clients);

    private async Task<GatewayServer> StartAsync(ServerTlsOptions? tls)
    {
        var gateway = await GatewayServer.StartAsync(
            new GatewayServerOptions
            {
                Database = _database,
                Endpoints = [new GrpcEndpoint("127.0.0.1", 0)],
                Tls = tls,
                Peers = tls is null ? null : new GatewayPeers(tls.Files, Name: null),
            },
            _log,
            cluster: null,
            TestContext.Current.CancellationToken);
        _running.Add(gateway);
        return gateway;
    }
}
