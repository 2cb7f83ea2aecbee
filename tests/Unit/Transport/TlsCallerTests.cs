using System.Security.Cryptography.X509Certificates;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging.Abstractions;
using Snakepit.Protocol.Rpc;
using Snakepit.Transport;
using static Snakepit.Tests.Unit.Transport.EchoServer;

namespace Snakepit.Tests.Unit.Transport;

/// <summary>What a call knows of its caller's certificate.</summary>
public sealed class TlsCallerTests
{
    [Fact]
    public async Task A_call_has_the_certificate_that_its_caller_connected_with()
    {
        using var authority = new TestAuthority();
        X509Certificate2? seen = null;
        var tls = new ServerTls(
            new ServerTlsOptions(authority.Issue("server"), ClientCertificates.Optional), TimeProvider.System, NullLoggerFactory.Instance);
        await using var server = await StartAsync(new Settings { Tls = tls }, OnUnary((request, call) =>
        {
            seen = ((ServerCall)call).Http.Tls?.ClientCertificate;
            return ValueTask.FromResult<RpcResult<StringValue>>(request);
        }));

        await CallAsync(server, authority.Issue("client"));
        Assert.Equal("CN=client", seen?.Subject);
        await CallAsync(server, new TlsFiles(null, null, authority.Certificate));
        Assert.Null(seen);
    }

    private static async Task CallAsync(EchoServer server, TlsFiles files)
    {
        using var channel = new RpcChannel(server.Target, new RpcChannelOptions
        {
            Tls = new ClientTls(new TlsCredentials(files, TimeProvider.System, NullLogger.Instance)),
        });
        await channel.CallAsync(Unary, new StringValue(), StringValue.Parser, cancellation: TestContext.Current.CancellationToken).WaitAsync(Soon);
    }
}
