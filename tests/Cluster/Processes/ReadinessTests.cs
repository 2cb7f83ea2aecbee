using System.Net;
using Snakepit.Protocol.Health;
using Snakepit.Tests.Postgres;
using Snakepit.Tests.Robustness.Support;

namespace Snakepit.Tests.Cluster.Processes;

/// <summary>What a load balancer is told of a gateway.</summary>
[Collection(PostgresForProcesses.Name)]
public sealed class ReadinessTests(PostgresForProcesses postgres)
{
    [Fact]
    public async Task A_gateway_is_ready_while_it_reaches_a_silo_and_the_database()
    {
        var server = postgres.Server;
        await using var cluster = await ProcessCluster.StartAsync(server);
        await AllBecomeAsync(cluster, isReady: true);

        await server.StopAsync(PostgresStop.Immediate);
        try
        {
            await AllBecomeAsync(cluster, isReady: false);
        }
        finally
        {
            await server.StartAsync();
        }

        await AllBecomeAsync(cluster, isReady: true);
        await Task.WhenAll(cluster.Silos.Select(silo => silo.KillAsync()));
        await AllBecomeAsync(cluster, isReady: false);
        await Task.WhenAll(cluster.Silos.Select(silo => silo.StartAsync()));
        await AllBecomeAsync(cluster, isReady: true);
        await cluster.Gateways[0].Process.Client.RegisterAsync("s", "x");
    }

    private static Task AllBecomeAsync(ProcessCluster cluster, bool isReady) =>
        Task.WhenAll(cluster.Gateways.Select(gateway => BecomesAsync(cluster, gateway, isReady)));

    private static async Task BecomesAsync(ProcessCluster cluster, Member gateway, bool isReady)
    {
        var page = isReady ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable;
        var health = isReady ? HealthCheckResponse.Types.ServingStatus.Serving : HealthCheckResponse.Types.ServingStatus.NotServing;
        using var http = new HttpClient();
        await Deadlines.UntilAsync(
            $"{page} and {health} of {gateway.Name}",
            async () => (await PageAsync(http, cluster.ReadinessOf(gateway)), await HealthAsync(gateway)),
            seen => seen == (page, health));
    }

    private static async Task<HttpStatusCode> PageAsync(HttpClient http, Uri address)
    {
        using var answer = await http.GetAsync(address);
        return answer.StatusCode;
    }

    private static async Task<HealthCheckResponse.Types.ServingStatus> HealthAsync(Member gateway) =>
        (await gateway.Process.Client.AnyAsync<HealthCheckResponse>("/grpc.health.v1.Health/Check", new HealthCheckRequest())).Status;
}
