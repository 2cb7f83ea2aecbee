using Microsoft.Extensions.Logging.Abstractions;
using Snakepit.Bridge;
using Snakepit.Bridge.Calculator;
using Snakepit.Bridge.Handlers;
using Snakepit.Bridge.Health;
using Snakepit.Bridge.Reflection;
using Snakepit.Bridge.Watching;
using Snakepit.GrpcGateway;
using Snakepit.Sidecar;
using Snakepit.Storage;
using Snakepit.Storage.Hosting;
using Snakepit.Storage.Memory;
using Snakepit.Storage.Sqlite;
using Snakepit.Tests.Contract.Support;
using Snakepit.Transport;

namespace Snakepit.Tests.Contract;

/// <summary>
/// The gateway's gRPC server in the tests' process, with the sessions embedded in it: what differs from the
/// sidecar is Grpc.AspNetCore alone.
/// </summary>
internal sealed class AspNetUnderTest(ServerSettings settings) : ServerUnderTest
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("snakepit-contract-");
    private Running? _running;

    public override string Address => $"127.0.0.1:{_running!.Port}";

    public override async Task StartAsync() => _running = await Running.StartAsync(EmbeddedOptions.Of(settings, _folder));

    public override async Task StopAsync()
    {
        if (_running is not null)
        {
            await _running.StopAsync();
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await StopAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>From one start to the next stop.</summary>
    private sealed class Running
    {
        private readonly ISessionStore _store;
        private readonly SessionDirectory _directory;
        private readonly GatewayHost _gateway;
        private readonly Sweep _sweep;
        private Task? _stopped;

        private Running(ISessionStore store, SessionDirectory directory, GatewayHost gateway, Sweep sweep)
        {
            _store = store;
            _directory = directory;
            _gateway = gateway;
            _sweep = sweep;
        }

        public int Port => _gateway.Ports[0];

        public static async Task<Running> StartAsync(SidecarOptions options)
        {
            var (store, calculationStore) = OpenStore(options.DataFolder);
            var directory = new SessionDirectory(store, options.Sessions, options.Hosting, options.TimeProvider);
            var sessions = new EmbeddedSessions(directory, store);
            var watches = new WatchHub(
                sessions, options.Sessions.Limits, options.Watches, options.TimeProvider, NullLogger<WatchHub>.Instance);
            var calculations = new Calculations(
                calculationStore, options.Calculator, options.TimeProvider, NullLogger<Calculations>.Instance);
            var health = new HealthStatus();
            var gateway = new GatewayHost(new GatewayOptions
            {
                Grpc = new GrpcServerOptions
                {
                    Endpoints = options.Endpoints,
                    MaxReceiveMessageSize = options.MaxReceiveMessageSize,
                },
                Health = health,
                Methods = _ => Services(sessions, watches, calculations, health, options),
            });
            gateway.Draining.Register(watches.Drain);
            await gateway.StartAsync();
            var sweep = new Sweep(directory, watches, calculations, options, NullLogger.Instance);
            return new Running(store, directory, gateway, sweep);
        }

        public Task StopAsync() => _stopped ??= StopOnceAsync();

        private static (ISessionStore Sessions, ICalculationStore Calculations) OpenStore(string? folder)
        {
            if (folder is null)
            {
                var memory = new MemoryStore();
                return (memory, memory.Calculations);
            }

            var sqlite = SqliteStore.Open(folder);
            return (sqlite, sqlite.Calculations);
        }

        private static MethodTable Services(
            ISessions sessions, WatchHub watches, Calculations calculations, HealthStatus health, SidecarOptions options)
        {
            var limits = options.Sessions.Limits;
            var time = options.TimeProvider;
            var table = new MethodTable();
            table.Add(
                BridgeService.Contract,
                new BridgeService(sessions, watches, limits, time, NullLogger<BridgeService>.Instance).Methods);
            table.Add(
                AdministrationService.Contract,
                new AdministrationService(sessions, limits, time, NullLogger<AdministrationService>.Instance).Methods);
            table.Add(CalculatorService.Contract, new CalculatorService(calculations).Methods);
            table.Add(HealthService.Contract, new HealthService(table, health).Methods);
            var reflection = new ReflectionService(table);
            table.Add(ReflectionService.V1, reflection.MethodsOf(ReflectionService.V1));
            table.Add(ReflectionService.V1Alpha, reflection.MethodsOf(ReflectionService.V1Alpha));
            return table;
        }

        private async Task StopOnceAsync()
        {
            await _gateway.StopAsync(Grace);
            await _gateway.DisposeAsync();
            await _sweep.DisposeAsync();
            await _directory.DisposeAsync();
            await _store.DisposeAsync();
        }
    }
}
