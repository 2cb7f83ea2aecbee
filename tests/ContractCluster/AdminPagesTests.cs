using System.Net;
using Snakepit.Bridge;
using Snakepit.Bridge.Health;
using Snakepit.GrpcGateway;
using Snakepit.Transport;

namespace Snakepit.Tests.ContractCluster;

/// <summary>What a gateway answers an orchestrator over HTTP/1.1.</summary>
public sealed class AdminPagesTests
{
    [Fact]
    public async Task It_is_alive_and_says_why_it_is_not_ready()
    {
        string? reason = "no silo answers";
        await using var gateway = Gateway(() => reason);
        await gateway.StartAsync(TestContext.Current.CancellationToken);
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{gateway.AdminPort}") };

        Assert.Equal((HttpStatusCode.OK, "alive\n"), await GetAsync(client, "/healthz"));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "no silo answers\n"), await GetAsync(client, "/readyz"));
        reason = null;
        Assert.Equal((HttpStatusCode.OK, "ready\n"), await GetAsync(client, "/readyz"));
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(client, "/")).Status);
    }

    [Fact]
    public async Task Calls_have_a_port_where_HTTP_1_is_not_spoken()
    {
        await using var gateway = Gateway(() => null);
        await gateway.StartAsync(TestContext.Current.CancellationToken);
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{gateway.Ports[0]}") };

        Assert.NotEqual(gateway.AdminPort, gateway.Ports[0]);
        Assert.Equal(HttpStatusCode.BadRequest, (await GetAsync(client, "/healthz")).Status);
    }

    private static GatewayHost Gateway(Func<string?> unreadiness) => new(new GatewayOptions
    {
        Grpc = new GrpcServerOptions { Endpoints = [new GrpcEndpoint("127.0.0.1", 0)] },
        Admin = new GrpcEndpoint("127.0.0.1", 0),
        Methods = static _ => new MethodTable(),
        Health = new HealthStatus(),
        Unreadiness = _ => new(unreadiness()),
    });

    private static async Task<(HttpStatusCode Status, string Text)> GetAsync(HttpClient client, string path)
    {
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
