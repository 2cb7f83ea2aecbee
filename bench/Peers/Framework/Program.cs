using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Snakepit.Bridge;
using Snakepit.Bridge.Calculator;
using Snakepit.Bridge.Health;
using Snakepit.Bridge.Telemetry;
using Snakepit.Bridge.Tools;
using Snakepit.Bridge.Watching;
using Snakepit.GrpcGateway;
using Snakepit.Serving;
using Snakepit.Sessions;
using Snakepit.Storage.Hosting;
using Snakepit.Storage.Sqlite;
using Snakepit.Transport;

// The sidecar's sessions and handlers over SQLite, served by Grpc.AspNetCore. The argument is the data folder.
var loggers = NullLoggerFactory.Instance;
var settings = SessionSettings.Default;
await using var store = SqliteStore.Open(args[0]);
await using var directory = new SessionDirectory(store, settings, HostPolicy.Default, TimeProvider.System);
var sessions = new EmbeddedSessions(directory, store);
var watches = new WatchHub(
    sessions, settings.Limits, WatchSettings.Default, TimeProvider.System, NullLogger<WatchHub>.Instance);
using var events = new TelemetryHub(ToolSettings.Default, TimeProvider.System);
using var tools = new ToolHosts(ToolSettings.Default, events, TimeProvider.System, NullLogger<ToolHosts>.Instance);
var calculations = new Calculations(
    store.Calculations, new CalculatorLimits(), TimeProvider.System, NullLogger<Calculations>.Instance);
var health = new HealthStatus();
var table = ServiceTable.Of(
    sessions,
    watches,
    tools,
    events,
    ToolSettings.Default,
    calculations,
    health,
    new NoDescription(),
    settings.Limits,
    guard: null,
    time: TimeProvider.System,
    loggers: loggers);
await using var gateway = new GatewayHost(new GatewayOptions
{
    Grpc = new GrpcServerOptions { Endpoints = [new GrpcEndpoint("localhost", 0)] },
    Methods = _ => table,
    Health = health,
});
await gateway.StartAsync();
Console.WriteLine($"GRPC_READY:{gateway.Ports[0].ToString(CultureInfo.InvariantCulture)}");
await Task.Delay(Timeout.Infinite);
