using Microsoft.Extensions.Logging;
using Snakepit.Bridge;
using Snakepit.Bridge.Calculator;
using Snakepit.Bridge.Handlers;
using Snakepit.Bridge.Health;
using Snakepit.Bridge.Reflection;
using Snakepit.Bridge.Watching;
using Snakepit.Storage;
using Snakepit.Storage.Hosting;
using Snakepit.Storage.Memory;
using Snakepit.Storage.Sqlite;
using Snakepit.Transport;

namespace Snakepit.Sidecar;

/// <summary>
/// A whole sidecar in this process: store, sessions, services and the gRPC server. Starts once, stops once.
/// </summary>
public sealed class SidecarServer : IAsyncDisposable
{
    private readonly SidecarOptions _options;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _logger;
    private readonly ISessionStore _store;
    private readonly SessionDirectory _directory;
    private readonly EmbeddedSessions _sessions;
    private readonly WatchHub _watches;
    private readonly Calculations _calculations;
    private readonly HealthStatus _health = new();
    private readonly GrpcServer _grpc;
    private Sweep? _sweep;
    private Task? _stopped;

    private SidecarServer(SidecarOptions options, ILoggerFactory loggers)
    {
        _options = options;
        _loggers = loggers;
        _logger = loggers.CreateLogger<SidecarServer>();
        ICalculationStore calculations;
        (_store, calculations) = OpenStore(options.DataFolder);
        _directory = new SessionDirectory(_store, options.Sessions, options.Hosting, options.TimeProvider)
        {
            StoreFailed = (session, failure) => _logger.StoreFailed(session, failure),
        };
        _sessions = new EmbeddedSessions(_directory, _store);
        _watches = new WatchHub(
            _sessions, options.Sessions.Limits, options.Watches, options.TimeProvider, loggers.CreateLogger<WatchHub>());
        _calculations = new Calculations(
            calculations, options.Calculator, options.TimeProvider, loggers.CreateLogger<Calculations>());
        _grpc = new GrpcServer(new GrpcServerOptions
        {
            Endpoints = options.Endpoints,
            MaxReceiveMessageSize = options.MaxReceiveMessageSize,
            LoggerFactory = loggers,
            TimeProvider = options.TimeProvider,
        });
    }

    /// <summary>The port it listens on; the first, if there are several.</summary>
    public int Port => _grpc.Ports[0];

    /// <summary>Sessions stored.</summary>
    public long SessionCount => _store.Count;

    /// <summary>Opens the store and serves.</summary>
    /// <exception cref="StoreException">The data folder is in use by another process or cannot be used.</exception>
    /// <exception cref="EndpointUnavailableException">It cannot listen where it should.</exception>
    public static async Task<SidecarServer> StartAsync(SidecarOptions options, ILoggerFactory loggers)
    {
        var server = new SidecarServer(options, loggers);
        try
        {
            await server.StartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Takes no new calls, ends the watches, gives the calls in flight <paramref name="grace"/> to end, then
    /// stores what is only in memory and closes the store. Calling it again waits for the same end.
    /// </summary>
    public Task StopAsync(TimeSpan grace) => _stopped ??= StopOnceAsync(grace);

    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.Zero);
        await _grpc.DisposeAsync();
    }

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

    private async Task StartAsync()
    {
        await _grpc.StartAsync(Services().Methods);
        _health.Set(isServing: true);
        _grpc.Draining.UnsafeRegister(static server => ((SidecarServer)server!).Drain(), this);
        _sweep = new Sweep(_directory, _watches, _calculations, _options, _logger);
    }

    private void Drain()
    {
        _health.Drain();
        _watches.Drain();
    }

    private MethodTable Services()
    {
        var limits = _options.Sessions.Limits;
        var time = _options.TimeProvider;
        var bridge = new BridgeService(_sessions, _watches, limits, time, _loggers.CreateLogger<BridgeService>());
        var administration = new AdministrationService(
            _sessions, limits, time, _loggers.CreateLogger<AdministrationService>());
        var table = new MethodTable();
        table.Add(BridgeService.Contract, bridge.Methods);
        table.Add(AdministrationService.Contract, administration.Methods);
        table.Add(CalculatorService.Contract, new CalculatorService(_calculations).Methods);
        table.Add(HealthService.Contract, new HealthService(table, _health).Methods);
        var reflection = new ReflectionService(table);
        table.Add(ReflectionService.V1, reflection.MethodsOf(ReflectionService.V1));
        table.Add(ReflectionService.V1Alpha, reflection.MethodsOf(ReflectionService.V1Alpha));
        return table;
    }

    private async Task StopOnceAsync(TimeSpan grace)
    {
        await _grpc.StopAsync(grace);
        if (_sweep is not null)
        {
            await _sweep.DisposeAsync();
        }

        await _directory.DisposeAsync();
        await _store.DisposeAsync();
        if (_sweep is not null)
        {
            _logger.Stopped();
        }
    }
}
