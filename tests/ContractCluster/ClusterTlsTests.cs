using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using Snakepit.GrpcGateway;
using Snakepit.Silo;
using Snakepit.Storage.Postgres;
using Snakepit.Tests.Contract.Support;
using Snakepit.Tests.Unit.Transport;
using Snakepit.Transport;

namespace Snakepit.Tests.Contract;

/// <summary>
/// A cluster whose processes speak mutual TLS: who has a certificate of its authority is part of it, even at another
/// address; who has none is not, even with the database's password.
/// </summary>
public sealed class ClusterTlsTests : IAsyncLifetime
{
    private readonly TestAuthority _authority = new("cluster");
    private readonly TestAuthority _stranger = new("stranger");
    private readonly List<IAsyncDisposable> _running = [];
    private readonly EchoServer.RecordingLog _log = new();
    private PostgresOptions _database = null!;

    public async ValueTask InitializeAsync() =>
        _database = new PostgresOptions(await SharedPostgres.ConnectionStringAsync()) { Schema = $"tls{Guid.NewGuid():N}" };

    public async ValueTask DisposeAsync()
    {
        _running.Reverse();
        foreach (var process in _running)
        {
            await process.DisposeAsync();
        }

        _authority.Dispose();
        _stranger.Dispose();
    }

    [Fact]
    public async Task Silos_and_gateways_with_certificates_of_its_authority_are_a_cluster()
    {
        await StartSiloAsync(_authority.Issue("one"));
        await StartSiloAsync(_authority.Issue("two"));
        var gateway = await StartGatewayAsync(_authority.Issue("gateway"));
        using var client = new BridgeClient($"127.0.0.1:{gateway.Port}");
        foreach (var session in Enumerable.Range(0, 8).Select(_ => client.NewSession()))
        {
            Assert.True((await session.InitializeAsync()).Success);
        }

        Assert.DoesNotContain(_log.Entries, entry => entry.Message.Contains("is refused", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nobody_gets_through_a_silos_ports_without_such_a_certificate()
    {
        var silo = await StartSiloAsync(_authority.Issue("silo"));
        foreach (var port in new[] { silo.SiloPort, silo.ClientPort })
        {
            Assert.Equal("", await ReadAsync(port, cleartext: true));
            Assert.Equal("", await ReadAsync(port));
            Assert.Equal("", await ReadAsync(port, _stranger.Issue("stranger")));
            Assert.Equal("", await ReadAsync(port, _authority.Issue("expired", DateTimeOffset.UtcNow.AddDays(-1), "localhost")));
        }

        Assert.Contains(_log.Entries, entry => entry.Message.EndsWith(
            "its certificate CN=stranger comes from an authority that is not trusted: CN=stranger", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_gateway_does_not_call_a_silo_of_another_authority()
    {
        await StartSiloAsync(_stranger.Issue("impostor"));
        using var giveUp = new CancellationTokenSource();
        var starting = GatewayServer.StartAsync(GatewayOptions(_authority.Issue("gateway")), _log, cluster: null, giveUp.Token);
        await RefusedAsync("CN=impostor");
        Assert.False(starting.IsCompleted);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => starting);
    }

    [Fact]
    public async Task A_gateway_of_another_authority_is_not_let_in()
    {
        await StartSiloAsync(_authority.Issue("silo"));
        using var giveUp = new CancellationTokenSource();
        var files = _stranger.Issue("rogue") with { Authorities = _authority.Certificate };
        var starting = GatewayServer.StartAsync(GatewayOptions(files), NullLoggerFactory.Instance, cluster: null, giveUp.Token);
        await RefusedAsync("CN=rogue");
        Assert.False(starting.IsCompleted);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => starting);
    }

    /// <summary>What a port says to who connects and shows this, until it hangs up; it must do so.</summary>
    private static async Task<string> ReadAsync(int port, TlsFiles? files = null, bool cleartext = false)
    {
        using var patience = new CancellationTokenSource(EchoServer.Soon);
        using var socket = new TcpClient();
        await socket.ConnectAsync("127.0.0.1", port, patience.Token);
        Stream stream = socket.GetStream();
        try
        {
            if (cleartext)
            {
                await stream.WriteAsync(new byte[64], patience.Token);
            }
            else
            {
                var tls = new SslStream(stream, false, static (_, certificate, _, _) => certificate?.Subject == "CN=silo");
                stream = tls;
                await tls.AuthenticateAsClientAsync(
                    new SslClientAuthenticationOptions
                    {
                        TargetHost = "silo",
                        ClientCertificates = files is null ? null : [X509Certificate2.CreateFromPemFile(files.Certificate!, files.Key)],
                    },
                    patience.Token);
            }

            var heard = new byte[64];
            return Convert.ToHexString(heard, 0, await stream.ReadAsync(heard, patience.Token));
        }
        catch (Exception refused) when (refused is IOException or System.Security.Authentication.AuthenticationException)
        {
            return "";
        }
    }

    private Task RefusedAsync(string subject) => Eventually.TrueAsync(
        () => Task.FromResult(_log.Entries.Any(entry =>
            entry.Message.StartsWith($"a process is refused that would be part of the cluster: its certificate {subject} ", StringComparison.Ordinal))),
        $"{subject} is refused");

    private async Task<SiloServer> StartSiloAsync(TlsFiles files)
    {
        var silo = await SiloServer.StartAsync(SiloOptions(files), _log);
        _running.Add(silo);
        return silo;
    }

    private async Task<GatewayServer> StartGatewayAsync(TlsFiles files)
    {
        var gateway = await GatewayServer.StartAsync(GatewayOptions(files), _log, cluster: null, TestContext.Current.CancellationToken);
        _running.Add(gateway);
        return gateway;
    }

    private SiloOptions SiloOptions(TlsFiles files) => new() { Database = _database, SiloPort = 0, ClientPort = 0, ClusterTls = files };

    private GatewayServerOptions GatewayOptions(TlsFiles files) =>
        new() { Database = _database, Endpoints = [new GrpcEndpoint("127.0.0.1", 0)], ClusterTls = files };
}
