using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using Snakepit.Serving.Admin;
using Snakepit.Tests.Unit.Transport;
using Snakepit.Transport;

namespace Snakepit.Tests.Serving;

/// <summary>The admin port of a server that serves TLS.</summary>
public sealed class AdminTlsTests : IDisposable
{
    private readonly TestAuthority _authority = new();

    public void Dispose() => _authority.Dispose();

    [Fact]
    public async Task Where_other_machines_reach_it_it_speaks_TLS_and_asks_all_but_probes_for_a_certificate()
    {
        await using var server = await StartAsync("0.0.0.0", ClientCertificates.Required);
        using var nobody = Client(client: null);
        var address = new Uri($"https://127.0.0.1:{server.Port}");
        Assert.Equal((HttpStatusCode.OK, "alive\n"), await GetAsync(nobody, address, "/healthz"));
        Assert.Equal((HttpStatusCode.OK, "ready\n"), await GetAsync(nobody, address, "/readyz"));
        Assert.Equal((HttpStatusCode.Forbidden, "a client certificate is needed\n"), await GetAsync(nobody, address, "/metrics"));
        using var known = Client(_authority.Issue("client", TestAuthority.ClientUse));
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(known, address, "/metrics")).Status);
        await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(nobody, new Uri($"http://127.0.0.1:{server.Port}"), "/healthz"));
    }

    [Fact]
    public async Task On_loopback_it_stays_cleartext()
    {
        await using var server = await StartAsync("127.0.0.1", ClientCertificates.Required);
        using var client = new HttpClient();
        Assert.Equal((HttpStatusCode.OK, "alive\n"), await GetAsync(client, new Uri($"http://127.0.0.1:{server.Port}"), "/healthz"));
    }

    private static async Task<(HttpStatusCode Status, string Body)> GetAsync(HttpClient client, Uri address, string path)
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var answer = await client.GetAsync(new Uri(address, path), cancellation);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(cancellation));
    }

    private Task<AdminServer> StartAsync(string host, ClientCertificates clients) => AdminServer.StartAsync(
        new AdminOptions(new GrpcEndpoint(host, 0)),
        _ => new((string?)null),
        metrics: null,
        calls: null,
        NullLoggerFactory.Instance,
        new ServerTls(new ServerTlsOptions(_authority.Issue("server"), clients), TimeProvider.System, NullLoggerFactory.Instance));

    private static HttpClient Client(TlsFiles? client)
    {
        var handler = new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = static (_, certificate, _, _) => certificate?.Subject == "CN=server",
        };
        if (client is not null)
        {
            handler.ClientCertificates.Add(X509Certificate2.CreateFromPemFile(client.Certificate!, client.Key));
        }

        return new HttpClient(handler);
    }
}
