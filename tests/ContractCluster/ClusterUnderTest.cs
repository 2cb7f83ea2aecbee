using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Snakepit.GrpcGateway;
using Snakepit.Serving.Logging;
using Snakepit.Sidecar;
using Snakepit.Silo;
using Snakepit.Storage.Postgres;
using Snakepit.Tests.Contract.Support;

namespace Snakepit.Tests.Contract;

/// <summary>
/// A cluster in the tests' process: a silo and a gateway that find each other by PostgreSQL, each test's in a schema
/// of its own.
/// </summary>
internal sealed class ClusterUnderTest(ServerSettings settings) : ServerUnderTest
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>What silo and gateway say, for whoever looks for a fault; otherwise nobody reads it.</summary>
    private static readonly ILoggerFactory Loggers = Environment.GetEnvironmentVariable("SNAKEPIT_TEST_LOG") == "1"
        ? new LineLoggerFactory(new LogOutput(Console.OpenStandardError()), LogFormat.Text, LogLevel.Information, TimeProvider.System)
        : NullLoggerFactory.Instance;

    private static int _schemas;

    private readonly string _schema = $"contract{Interlocked.Increment(ref _schemas)}";
    private SiloServer? _silo;
    private GatewayServer? _gateway;

    public override string Address => $"127.0.0.1:{_gateway!.Port}";

    public override int AdminPort => _gateway!.AdminPort!.Value;

    public override async Task StartAsync()
    {
        var database = new PostgresOptions(await SharedPostgres.ConnectionStringAsync()) { Schema = _schema };

        // What a test says of a server, whatever it is made of.
        var said = EmbeddedOptions.Of(settings, folder: null);
        _silo = await SiloServer.StartAsync(SiloOptionsOf(said, database), Loggers);
        _gateway = await GatewayServer.StartAsync(GatewayOptionsOf(said, database), Loggers);
    }

    public override async Task StopAsync()
    {
        if (_gateway is not null)
        {
            await _gateway.StopAsync(Grace);
            await _gateway.DisposeAsync();
        }

        if (_silo is not null)
        {
            await _silo.DisposeAsync();
        }

        (_gateway, _silo) = (null, null);
    }

    public override async ValueTask DisposeAsync() => await StopAsync();

    private static SiloOptions SiloOptionsOf(SidecarOptions said, PostgresOptions database) => new()
    {
        Database = database,
        SiloPort = 0,
        ClientPort = 0,
        Sessions = said.Sessions,
        Hosting = said.Hosting,
        Calculator = said.Calculator,
        Telemetry = said.Telemetry,
    };

    private static GatewayServerOptions GatewayOptionsOf(SidecarOptions said, PostgresOptions database) => new()
    {
        Database = database,
        Endpoints = said.Endpoints,
        Limits = said.Sessions.Limits,
        Watches = said.Watches,
        Access = said.Access,
        Tls = said.Tls,
        Calculator = said.Calculator,
        MaxReceiveMessageSize = said.MaxReceiveMessageSize,
        Capacity = said.Capacity,
        Admin = said.Admin,
        Telemetry = said.Telemetry,
    };
}
