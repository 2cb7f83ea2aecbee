using Snakepit.Protocol.Health;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Contract.Support;
using ServingStatus = Snakepit.Protocol.Health.HealthCheckResponse.Types.ServingStatus;

namespace Snakepit.Tests.Contract.Services;

public sealed class HealthTests(SharedServer server)
{
    private const string Service = "grpc.health.v1.Health";

    [Theory]
    [InlineData("")]
    [InlineData("snakepit.bridge.BridgeService")]
    [InlineData("snakepit.sessions.v1.Sessions")]
    [InlineData("Calculator")]
    public async Task What_is_served_is_serving(string service)
    {
        var answer = await server.Client.CallAsync<HealthCheckResponse>(
            Service, "Check", new HealthCheckRequest { Service = service });

        Assert.Equal(ServingStatus.Serving, answer.Status);
    }

    [Fact]
    public async Task A_service_that_is_not_served_is_not_found() =>
        await server.Client.CallAsync<HealthCheckResponse>(Service, "Check", new HealthCheckRequest { Service = "nobody" })
            .RefusedAsync(RpcCode.NotFound, "nobody");

    [Fact]
    public async Task A_watch_of_health_tells_when_the_server_drains()
    {
        await using var draining = await ServerUnderTest.StartNewAsync(new ServerSettings { Durable = false });
        using var client = new BridgeClient(draining.Address);
        using var watch = client.Stream<HealthCheckResponse>(Service, "Watch", new HealthCheckRequest());
        using var unknown = client.Stream<HealthCheckResponse>(Service, "Watch", new HealthCheckRequest { Service = "nobody" });
        Assert.Equal(ServingStatus.Serving, (await watch.ReadAsync())!.Status);
        Assert.Equal(ServingStatus.ServiceUnknown, (await unknown.ReadAsync())!.Status);

        await draining.StopAsync();

        Assert.Equal(ServingStatus.NotServing, (await watch.ReadAsync())!.Status);
        await watch.ReadAsync().AsTask().RefusedAsync(RpcCode.Unavailable, "");
    }
}
