using Microsoft.Extensions.Logging.Abstractions;
using Snakepit.GrpcGateway;
using Snakepit.Serving.Access;
using Snakepit.Serving.Admin;
using Snakepit.Silo;
using Snakepit.Storage.Postgres;
using Snakepit.Tests.Contract.Support;
using Snakepit.Tests.Interop;
using Snakepit.Tests.Postgres;
using Snakepit.Transport;

namespace Snakepit.Tests.Contract;

/// <summary>The console of a gateway in a real Chromium: what only a cluster has to show.</summary>
public sealed class ClusterConsoleTests
{
    private const string Caller = "operator";

    public static async Task<IReadOnlyCollection<TheoryDataRow<Check>>> Checks() => PostgresServer.IsInstalled
        ? await CheckList.RunAloneAsync("cluster.mjs", RunAsync)
        : [new TheoryDataRow<Check>(new Check("cluster.mjs", null)) { Skip = PostgresServer.NotInstalled }];

    [Theory]
    [MemberData(nameof(Checks), DisableDiscoveryEnumeration = true)]
    public void In_Chromium(Check check) => check.Verify();

    /// <summary>Runs the checks against two silos, two gateways and one that asks who calls; gives what they printed.</summary>
    private static async Task<ForeignProgram.Ended> RunAsync()
    {
        using var access = new AccessFixture().With(Caller, "read write watch call_tools serve_tools administer");
        var database = new PostgresOptions(await SharedPostgres.ConnectionStringAsync()) { Schema = $"console{Guid.NewGuid():N}" };
        await using var one = await StartSiloAsync(database);
        await using var two = await StartSiloAsync(database);
        await using var first = await StartGatewayAsync(database);
        await using var second = await StartGatewayAsync(database);
        await using var closed = await StartGatewayAsync(database, access.Path);
        var script = await Node.BrowserScriptAsync(
            "cluster.mjs",
            [
                .. new[] { first, second, closed }.SelectMany(gateway => new[] { $"127.0.0.1:{gateway.Port}", $"http://localhost:{gateway.AdminPort}/" }),
                AccessFixture.TokenOf(Caller),
                $"127.0.0.1:{one.SiloPort},127.0.0.1:{two.SiloPort}",
            ]);
        return await script.RunAsync();
    }

    private static Task<SiloServer> StartSiloAsync(PostgresOptions database) =>
        SiloServer.StartAsync(new SiloOptions { Database = database, SiloPort = 0, ClientPort = 0 }, NullLoggerFactory.Instance);

    private static Task<GatewayServer> StartGatewayAsync(PostgresOptions database, string? access = null) => GatewayServer.StartAsync(
        new GatewayServerOptions
        {
            Database = database,
            Endpoints = [new GrpcEndpoint("127.0.0.1", 0)],
            Admin = new AdminOptions(new GrpcEndpoint("localhost", 0)),
            Access = new AccessSettings { File = access },
        },
        NullLoggerFactory.Instance);
}
