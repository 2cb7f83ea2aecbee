using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging.Abstractions;
using Snakepit.Protocol.Rpc;
using Snakepit.Transport;
using static Snakepit.Tests.Unit.Transport.EchoServer;

namespace Snakepit.Tests.Unit.Transport;

/// <summary>Who may talk to whom by TLS, and what those are told who may not.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly RecordingLog _log = new();
    private readonly TestAuthority _authority = new();
    private readonly TestAuthority _stranger = new("stranger");

    public void Dispose()
    {
        _authority.Dispose();
        _stranger.Dispose();
    }

    [Fact]
    public async Task A_call_is_answered_where_the_client_believes_the_servers_authority()
    {
        await using var server = await StartAsync(_authority.Issue("server"));
        Assert.Equal("hi", await CallAsync(server, Believing(_authority)));
    }

    [Fact]
    public async Task A_server_of_another_authority_is_refused_and_both_are_named()
    {
        await using var server = await StartAsync(_authority.Issue("server"));
        var status = await RefusalAsync(() => CallAsync(server, Believing(_stranger)));
        Assert.Equal(
            new RpcStatus(
                RpcCode.Unavailable,
                $"cannot connect to {server.Target} by TLS: its certificate CN=server comes from an authority that is not trusted: CN=authority"),
            status);
    }

    [Fact]
    public async Task Without_an_authority_of_its_own_a_client_believes_the_systems_only()
    {
        await using var server = await StartAsync(_authority.Issue("server"));
        var status = await RefusalAsync(() => CallAsync(server, new TlsFiles(null, null, null)));
        Assert.Contains("comes from an authority that is not trusted", status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_of_another_name_is_refused_and_the_names_are_told()
    {
        await using var server = await StartAsync(_authority.Issue("server", DateTimeOffset.UtcNow.AddDays(90), "example.org"));
        var status = await RefusalAsync(() => CallAsync(server, Believing(_authority)));
        Assert.EndsWith("its certificate CN=server is not for the name 127.0.0.1 but for example.org", status.Message, StringComparison.Ordinal);
        Assert.Equal("hi", await CallAsync(server, Believing(_authority), name: "example.org"));
    }

    [Fact]
    public async Task A_server_whose_certificate_has_expired_is_refused()
    {
        await using var server = await StartAsync(_authority.Issue("server", DateTimeOffset.UtcNow.AddDays(-1), "localhost"));
        var status = await RefusalAsync(() => CallAsync(server, Believing(_authority)));
        Assert.Contains("its certificate CN=server is valid from ", status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clients_certificate_does_not_make_a_server()
    {
        await using var server = await StartAsync(_authority.Issue("server", TestAuthority.ClientUse));
        var status = await RefusalAsync(() => CallAsync(server, Believing(_authority)));
        Assert.EndsWith("its certificate CN=server is not meant for this use", status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cleartext_client_gets_nothing_from_a_server_of_TLS_and_a_hint()
    {
        await using var server = await StartAsync(_authority.Issue("server"));
        using var cleartext = new RpcChannel(server.Target);
        var status = await RefusalAsync(() => cleartext.CallAsync(Unary, new StringValue(), StringValue.Parser));
        Assert.Equal(RpcCode.Unavailable, status.Code);
        Assert.EndsWith("; perhaps it serves TLS", status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_of_TLS_does_not_fall_back_to_cleartext()
    {
        var calls = 0;
        await using var server = await EchoServer.StartAsync(OnUnary((request, _) =>
        {
            Interlocked.Increment(ref calls);
            return ValueTask.FromResult<RpcResult<StringValue>>(request);
        }));
        var status = await RefusalAsync(() => CallAsync(server, Believing(_authority)));
        Assert.Equal(RpcCode.Unavailable, status.Code);
        Assert.Equal(0, calls);
    }

    [Fact]
    public async Task What_is_not_HTTP2_is_refused_in_the_handshake()
    {
        await using var server = await StartAsync(_authority.Issue("server"));
        using var socket = new TcpClient("127.0.0.1", server.Server.Ports[0]);
        await using var connection = new SslStream(socket.GetStream(), false, static (_, certificate, _, _) => certificate?.Subject == "CN=server");
        await Assert.ThrowsAnyAsync<Exception>(() => connection.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = "localhost", ApplicationProtocols = [SslApplicationProtocol.Http11] },
            TestContext.Current.CancellationToken));
        Assert.False(connection.IsAuthenticated);
    }

    [Fact]
    public async Task TLS_1_2_will_do()
    {
        await using var server = await StartAsync(_authority.Issue("server"));
        using var socket = new TcpClient("127.0.0.1", server.Server.Ports[0]);
        await using var connection = new SslStream(socket.GetStream(), false, static (_, certificate, _, _) => certificate?.Subject == "CN=server");
        await connection.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                EnabledSslProtocols = SslProtocols.Tls12,
                ApplicationProtocols = [SslApplicationProtocol.Http2],
            },
            TestContext.Current.CancellationToken);
        Assert.Equal(SslApplicationProtocol.Http2, connection.NegotiatedApplicationProtocol);
    }

    [Fact]
    public async Task What_leads_from_the_certificate_to_its_authority_is_sent_along()
    {
        using var middle = new TestAuthority("middle", _authority);
        var files = middle.Issue("server");
        await using (var alone = await StartAsync(files))
        {
            await RefusalAsync(() => CallAsync(alone, Believing(_authority)));
        }

        File.AppendAllText(files.Certificate!, File.ReadAllText(middle.Certificate));
        await using var server = await StartAsync(files);
        Assert.Equal("hi", await CallAsync(server, Believing(_authority)));
    }

    [Theory]
    [InlineData(ClientCertificates.Required)]
    [InlineData(ClientCertificates.Optional)]
    public async Task A_client_with_a_certificate_of_the_given_authority_is_let_in(ClientCertificates clients)
    {
        await using var server = await StartAsync(_authority.Issue("server"), clients);
        Assert.Equal("hi", await CallAsync(server, _authority.Issue("client", TestAuthority.ClientUse)));
    }

    [Fact]
    public async Task A_client_without_a_certificate_is_let_in_only_where_it_is_optional()
    {
        await using var optional = await StartAsync(_authority.Issue("server"), ClientCertificates.Optional);
        Assert.Equal("hi", await CallAsync(optional, Believing(_authority)));

        await using var required = await StartAsync(_authority.Issue("server"), ClientCertificates.Required);
        var status = await RefusalAsync(() => CallAsync(required, Believing(_authority)));
        Assert.Equal(RpcCode.Unavailable, status.Code);
        Assert.EndsWith("; perhaps it asks for a client certificate", status.Message, StringComparison.Ordinal);
        Assert.Contains(_log.Entries, entry => entry.Message.EndsWith(" is refused: its certificate is missing", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(ClientCertificates.Required)]
    [InlineData(ClientCertificates.Optional)]
    public async Task A_client_of_another_authority_is_refused(ClientCertificates clients)
    {
        await using var server = await StartAsync(_authority.Issue("server"), clients);
        var status = await RefusalAsync(() => CallAsync(
            server, _stranger.Issue("client") with { Authorities = _authority.Certificate }));
        Assert.EndsWith("; perhaps it refuses the client certificate", status.Message, StringComparison.Ordinal);
        Assert.Contains(_log.Entries, entry => entry.Message.EndsWith(
            "is refused: its certificate CN=client comes from an authority that is not trusted: CN=stranger", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_client_whose_certificate_has_expired_or_is_a_servers_is_refused()
    {
        await using var server = await StartAsync(_authority.Issue("server"), ClientCertificates.Required);
        var expired = _authority.Issue("expired", DateTimeOffset.UtcNow.AddDays(-1), "localhost", TestAuthority.ClientUse);
        Assert.Equal(RpcCode.Unavailable, (await RefusalAsync(() => CallAsync(server, expired))).Code);
        var misused = _authority.Issue("misused", TestAuthority.ServerUse);
        Assert.Equal(RpcCode.Unavailable, (await RefusalAsync(() => CallAsync(server, misused))).Code);
        Assert.Contains(_log.Entries, entry => entry.Message.Contains("CN=expired is valid from", StringComparison.Ordinal));
        Assert.Contains(_log.Entries, entry => entry.Message.EndsWith("CN=misused is not meant for this use", StringComparison.Ordinal));
    }

    [Fact]
    public async Task New_connections_get_a_new_certificate_and_those_there_are_go_on()
    {
        var files = _authority.Issue("server");
        var tls = new ServerTls(new ServerTlsOptions(files, ClientCertificates.Unasked), TimeProvider.System, NullLoggerFactory.Instance);
        await using var server = await EchoServer.StartAsync(new Settings { Tls = tls }, Echo());
        using var before = Channel(server, Believing(_authority));
        Assert.Equal("hi", await CallAsync(before));

        _stranger.Issue("server");
        File.Copy(_stranger.PathOf("server.pem"), files.Certificate!, overwrite: true);
        File.Copy(_stranger.PathOf("server.key"), files.Key!, overwrite: true);
        tls.Credentials.LookAgain();

        Assert.Equal("hi", await CallAsync(before));
        Assert.Equal("hi", await CallAsync(server, Believing(_stranger)));
        await RefusalAsync(() => CallAsync(server, Believing(_authority)));
    }

    [Fact]
    public async Task A_client_whose_authority_is_no_longer_believed_cannot_connect_again()
    {
        var files = _authority.Issue("server") with { Authorities = _authority.PathOf("clients.pem") };
        File.Copy(_authority.Certificate, files.Authorities);
        var tls = new ServerTls(new ServerTlsOptions(files, ClientCertificates.Required), TimeProvider.System, NullLoggerFactory.Instance);
        await using var server = await EchoServer.StartAsync(new Settings { Tls = tls }, Echo());
        var stolen = _authority.Issue("stolen");
        Assert.Equal("hi", await CallAsync(server, stolen));

        File.Copy(_stranger.Certificate, files.Authorities, overwrite: true);
        tls.Credentials.LookAgain();

        Assert.Equal(RpcCode.Unavailable, (await RefusalAsync(() => CallAsync(server, stolen))).Code);
        Assert.Equal("hi", await CallAsync(server, _stranger.Issue("renewed") with { Authorities = _authority.Certificate }));
    }

    [Fact]
    public async Task Several_authorities_can_be_believed_at_once_so_that_one_can_take_the_others_place()
    {
        var both = _authority.PathOf("both.pem");
        File.WriteAllText(both, File.ReadAllText(_authority.Certificate) + File.ReadAllText(_stranger.Certificate));
        await using var server = await StartAsync(_authority.Issue("server") with { Authorities = both }, ClientCertificates.Required);
        Assert.Equal("hi", await CallAsync(server, _authority.Issue("old") with { Authorities = both }));
        Assert.Equal("hi", await CallAsync(server, _stranger.Issue("new") with { Authorities = both }));
    }

    [Fact]
    public async Task Loopback_can_be_left_in_cleartext()
    {
        var options = new ServerTlsOptions(_authority.Issue("server"), ClientCertificates.Required, SparesLoopback: true);
        var tls = new ServerTls(options, TimeProvider.System, _log);
        await using var server = await EchoServer.StartAsync(new Settings { Tls = tls }, Echo());
        Assert.Equal("hi", (await server.CallAsync("hi")).Value);
        await using var open = await EchoServer.StartAsync(new Settings { Tls = tls, Endpoint = new GrpcEndpoint("0.0.0.0", 0) }, Echo());
        await RefusalAsync(() => open.CallAsync("hi"));
        Assert.Equal("hi", await CallAsync(open, _authority.Issue("client")));
    }

    [Fact]
    public async Task Each_call_brings_the_token_that_holds_when_it_is_made()
    {
        var token = "one";
        var seen = new List<string?>();
        await using var server = await EchoServer.StartAsync(
            new Settings { Channel = new RpcChannelOptions { Token = () => token } },
            OnUnary((request, call) =>
            {
                seen.Add(call.Header("authorization"));
                return ValueTask.FromResult<RpcResult<StringValue>>(request);
            }));
        await server.CallAsync("hi");
        token = "two";
        await server.CallAsync("hi");
        Assert.Equal(["Bearer one", "Bearer two"], seen);
    }

    private static TlsFiles Believing(TestAuthority authority) => new(null, null, authority.Certificate);

    private async Task<EchoServer> StartAsync(TlsFiles files, ClientCertificates clients = ClientCertificates.Unasked)
    {
        var tls = new ServerTls(new ServerTlsOptions(files, clients), TimeProvider.System, _log);
        return await EchoServer.StartAsync(new Settings { Tls = tls }, Echo());
    }

    private static RpcChannel Channel(EchoServer server, TlsFiles files, string? name = null) => new(server.Target, new RpcChannelOptions
    {
        Tls = new ClientTls(new TlsCredentials(files, TimeProvider.System, NullLogger.Instance), name),
    });

    private static async Task<string> CallAsync(EchoServer server, TlsFiles files, string? name = null)
    {
        using var channel = Channel(server, files, name);
        return await CallAsync(channel);
    }

    private static async Task<string> CallAsync(RpcChannel channel) => (await channel.CallAsync(
        Unary, new StringValue { Value = "hi" }, StringValue.Parser, options: null, TestContext.Current.CancellationToken).WaitAsync(Soon)).Value;
}
