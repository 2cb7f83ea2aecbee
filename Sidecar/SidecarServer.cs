using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Snakepit.Bridge;
using Snakepit.Bridge.Calculator;
using Snakepit.Bridge.Health;
using Snakepit.Bridge.Telemetry;
using Snakepit.Bridge.Tools;
using Snakepit.Bridge.Watching;
using Snakepit.Serving;
using Snakepit.Serving.Access;
using Snakepit.Serving.Admin;
using Snakepit.Serving.CommandLine;
using Snakepit.Serving.Telemetry;
using Snakepit.Serving.Tls;
using Snakepit.Sidecar.Workers;
using Snakepit.Storage;
using Snakepit.Storage.Hosting;
using Snakepit.Transport;

namespace Snakepit.Sidecar;

/// <summary>
/// A whole sidecar in this process: store, sessions, services and the gRPC server. Starts once, stops once.
/// </summary>
public sealed class SidecarServer : IAsyncDisposable
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(1);

    private readonly SidecarOptions _options;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _logger;
    private readonly SidecarStore _store;
    private readonly SessionDirectory _directory;
    private readonly EmbeddedSessions _sessions;
    private readonly WatchHub _watches;
    private readonly ToolSettings _toolSettings;
    private readonly TelemetryHub _events;
    private readonly ToolHosts _tools;
    private readonly Calculations _calculations;
    private readonly HealthStatus _health = new();
    private readonly SidecarDescription _description;
    private readonly ServerTelemetry? _telemetry;
    private readonly ServerAccess? _access;
    private readonly ServerTls? _tls;
    private readonly GrpcServer _grpc;
    private readonly GrpcServer? _poolGrpc;
    private AdminServer? _admin;
    private IReadOnlyList<Sweep> _sweeps = [];
    private LaunchedWorkers? _workers;
    private bool _hasStarted;
    private Task? _stopped;

    private SidecarServer(SidecarOptions options, ILoggerFactory loggers)
    {
        _options = options;
        _loggers = loggers;
        _logger = loggers.CreateLogger<SidecarServer>();

        // First: what they say may be wrong, and then nothing has been opened.
        _access = ServerAccess.Open(options.Access, options.TimeProvider, loggers);
        _tls = ServerTls.From(options.Tls, options.TimeProvider, loggers);
        _telemetry = ServerTelemetry.Start("snakepit", options.Telemetry, loggers, options.TimeProvider);

        _grpc = new GrpcServer(Listening(options.Endpoints, _tls, _access?.Authentication));

        // Launched workers cannot say who they are, nor encrypt: they are told an address of their own.
        _poolGrpc = _access is null || options.Workers is null
            ? null
            : new GrpcServer(Listening([new GrpcEndpoint("127.0.0.1", 0)], tls: null, _access.PoolAuthentication));

        _store = SidecarStore.Open(options.DataFolder, _health, _logger);
        _directory = new SessionDirectory(_store.Sessions, options.Sessions, options.Hosting, options.TimeProvider)
        {
            StoreFailed = (session, failure) => _logger.StoreFailed(session, failure.Message, StoreException.Unexpected(failure)),
        };
        _description = new SidecarDescription(_store, _directory, options.TimeProvider);
        _sessions = new EmbeddedSessions(_directory, _store.Sessions);
        _watches = new WatchHub(
            _sessions, options.Sessions.Limits, options.Watches, options.TimeProvider, loggers.CreateLogger<WatchHub>());
        _toolSettings = options.Tools with { MaxReceiveMessageSize = options.MaxReceiveMessageSize };
        _events = new TelemetryHub(_toolSettings, options.TimeProvider);
        _tools = new ToolHosts(_toolSettings, _events, options.TimeProvider, loggers.CreateLogger<ToolHosts>());
        _calculations = new Calculations(
            _store.Calculations, options.Calculator, options.TimeProvider, loggers.CreateLogger<Calculations>());
        _telemetry?.Gauges.Add(_directory, _store.Sessions);
        _telemetry?.Gauges.Add(() => Unreadiness is null);
        _telemetry?.Gauges.Add(_watches);
        _telemetry?.Gauges.Add(_tools);
        _telemetry?.Gauges.Add(_tls?.Credentials, cluster: null);
    }

    /// <summary>The port it listens on; the first, if there are several.</summary>
    public int Port => _grpc.EndPoints[0].Port;

    /// <summary>The port of probes and scrapers; null = none.</summary>
    public int? AdminPort => _admin?.Port;

    /// <summary>Sessions stored.</summary>
    public long SessionCount => _store.Sessions.Count;

    /// <summary>Opens the store and serves.</summary>
    /// <exception cref="MistakeException">The file that says who may call cannot be read, or is wrong.</exception>
    /// <exception cref="StoreException">The data folder is in use by another process or cannot be used.</exception>
    /// <exception cref="EndpointUnavailableException">It cannot listen where it should.</exception>
    /// <exception cref="TlsFileException">Its certificate cannot be used.</exception>
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

    /// <summary>Says in the log where it listens; for when whoever waits for it has been told.</summary>
    public void TellWhere()
    {
        _grpc.TellWhere();
        _poolGrpc?.TellWhere();
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
        await (_poolGrpc?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_access?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    private async Task StartAsync()
    {
        var methods = Services().Methods;
        await _grpc.StartAsync(methods);
        await (_poolGrpc?.StartAsync(methods) ?? Task.CompletedTask);
        _health.Set(isServing: true);
        _grpc.Draining.UnsafeRegister(static server => ((SidecarServer)server!).Drain(), this);
        _sweeps =
        [
            Sweep.Every(SweepInterval, SweepAsync, _options.TimeProvider, _logger),

            // By itself: what the store keeps waiting must not keep that from being told.
            Sweep.Every(SweepInterval, _ => _store.CheckAsync(), _options.TimeProvider, _logger),
            WatchSweep.Start(_watches, _options.Watches.Heartbeat, _options.TimeProvider, _logger),
        ];
        if (_tls is not null)
        {
            _sweeps = [.. _sweeps, CertificateWatch.Start(_tls.Credentials, _options.TimeProvider, _logger)];
        }

        if (_options.Workers is { } workers)
        {
            // They call us before they serve: that they can, now.
            _workers = LaunchedWorkers.Start(
                workers with { Channels = _toolSettings, Tenant = _access?.Pool.Tenant ?? "" },
                _poolGrpc?.EndPoints[0] ?? EndPointOfWorkers(),
                _events,
                _options.TimeProvider,
                _loggers.CreateLogger<WorkerPool>());
            _tools.Add(_workers.Pool, _workers.Pool.Describe);
        }

        if (_options.Admin is { } admin)
        {
            _admin = await StartAdminAsync(admin);
        }

        _hasStarted = true;
    }

    // Apart: a method that names the page of metrics loads OpenTelemetry.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private Task<AdminServer> StartAdminAsync(AdminOptions admin) =>
        AdminServer.StartAsync(admin, _ => new(Unreadiness), _telemetry?.Page, () => _grpc.Web, _loggers, _tls);

    private GrpcServerOptions Listening(
        IReadOnlyList<GrpcEndpoint> endpoints, ServerTls? tls, ICallAuthentication? authentication) => new()
        {
            Endpoints = endpoints,
            MaxReceiveMessageSize = _options.MaxReceiveMessageSize,
            Capacity = _options.Capacity,
            LoggerFactory = _loggers,
            TimeProvider = _options.TimeProvider,
            Observer = _telemetry?.Calls,
            TraceRatio = _options.Telemetry.TraceRatio,
            Tls = tls,
            Authentication = authentication,
        };

    /// <summary>Where launched workers call: in cleartext, if that is possible. Those of the public project speak nothing else.</summary>
    private IPEndPoint EndPointOfWorkers()
    {
        if (_tls is null)
        {
            return _grpc.EndPoints[0];
        }

        var cleartext = _grpc.EndPoints.FirstOrDefault(endPoint => !_tls.Covers(endPoint.Address));
        if (cleartext is null)
        {
            _logger.WorkersNeedTls(_grpc.EndPoints[0]);
        }

        return cleartext ?? _grpc.EndPoints[0];
    }

    private string? Unreadiness => _stopped is null ? _store.Unreadiness : "the server is stopping";

    private void Drain()
    {
        _health.Drain();
        _watches.Drain();
        _tools.Drain();
        _events.Drain();
    }

    private MethodTable Services() => ServiceTable.Of(
        _sessions,
        _watches,
        _tools,
        _events,
        _toolSettings,
        _calculations,
        _health,
        _description,
        _options.Sessions.Limits,
        _access?.Guard,
        _options.TimeProvider,
        _loggers);

    private async Task SweepAsync(CancellationToken cancellation)
    {
        await _directory.SweepAsync(cancellation);
        if (await _calculations.SweepAsync(_options.TimeProvider.GetUtcNow(), cancellation) is > 0 and var expired)
        {
            _logger.CalculationsExpired(expired);
        }
    }

    private async Task StopOnceAsync(TimeSpan grace)
    {
        var began = _options.TimeProvider.GetTimestamp();
        await DrainWorkersAsync(grace);
        var left = grace - _options.TimeProvider.GetElapsedTime(began);
        left = left > TimeSpan.Zero ? left : TimeSpan.Zero;
        await Task.WhenAll(_grpc.StopAsync(left), _poolGrpc?.StopAsync(left) ?? Task.CompletedTask);
        await (_workers?.DisposeAsync() ?? ValueTask.CompletedTask);
        _tools.Dispose();
        _events.Dispose();
        foreach (var sweep in _sweeps)
        {
            await sweep.DisposeAsync();
        }

        await _directory.DisposeAsync();
        await _store.Sessions.DisposeAsync();
        if (_admin is not null)
        {
            await _admin.DisposeAsync();
        }

        _telemetry?.Dispose();
        if (_hasStarted)
        {
            _logger.Stopped();
        }
    }

    /// <summary>
    /// A tool at work calls back: until such calls have ended, all but watches and new calls of workers is still served, and then drains in
    /// what is left of the grace.
    /// </summary>
    private async Task DrainWorkersAsync(TimeSpan grace)
    {
        if (_workers is { } workers)
        {
            _health.Drain();
            _watches.Drain();
            await workers.Pool.DrainAsync(grace);
        }
    }
}
