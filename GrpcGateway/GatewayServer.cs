using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Snakepit.Bridge;
using Snakepit.Bridge.Health;
using Snakepit.Bridge.Telemetry;
using Snakepit.Bridge.Tools;
using Snakepit.Bridge.Watching;
using Snakepit.GrpcGateway.Cluster;
using Snakepit.Protocol.Administration;
using Snakepit.Serving;
using Snakepit.Serving.Access;
using Snakepit.Serving.Admin;
using Snakepit.Serving.CommandLine;
using Snakepit.Serving.Telemetry;
using Snakepit.Serving.Tls;
using Snakepit.Storage;
using Snakepit.Storage.Postgres;
using Snakepit.Transport;

namespace Snakepit.GrpcGateway;

/// <summary>
/// A whole gateway in this process: the cluster's client, the store it reads the log from, services and the gRPC
/// server. Holds nothing that would be lost with it. Starts once, stops once.
/// </summary>
public sealed class GatewayServer : IAsyncDisposable
{
    /// <summary>How long a gateway that stops looks for changes its watches have not been told of.</summary>
    private static readonly TimeSpan LastLook = TimeSpan.FromSeconds(2);

    private readonly GatewayServerOptions _options;
    private readonly ILoggerFactory _loggers;
    private readonly SharedCluster? _cluster;
    private readonly ISessionStore _store;
    private readonly HealthStatus _health = new();
    private readonly ServerAccess? _access;
    private readonly ServerTelemetry? _telemetry;
    private readonly ToolSettings _toolSettings;
    private readonly TelemetryHub _events;
    private readonly ToolHosts _tools;
    private readonly ServerTls? _tls;
    private readonly TlsCredentials? _clusterTls;
    private readonly TlsCredentials? _peerTls;
    private readonly ClusterConnection _connection;
    private readonly GatewayHost _host;
    private WatchHub? _watches;
    private WatchPoll? _poll;
    private HostExchange? _exchange;
    private ClusterReadiness? _readiness;
    private readonly List<Sweep> _sweeps = [];
    private AdminServer? _admin;
    private Task? _stopped;

    private GatewayServer(
        GatewayServerOptions options, ILoggerFactory loggers, ServerAccess? access, SharedCluster? cluster, ISessionStore store)
    {
        _access = access;
        _options = options;
        _loggers = loggers;
        _cluster = cluster;
        _store = store;

        // In a silo's process the silo sees to what both have: it carries out what is measured, and looks after the certificate.
        _tls = cluster is null ? ServerTls.From(options.Tls, options.TimeProvider, loggers) : cluster.Tls;
        _clusterTls = cluster is null ? Credentials(options.ClusterTls) : null;
        _peerTls = _tls is null ? null : Credentials(options.Peers?.Files);
        _telemetry = ServerTelemetry.Start("snakepit-gateway", options.Telemetry, loggers, options.TimeProvider, exports: cluster is null);
        _toolSettings = options.Tools with
        {
            MaxReceiveMessageSize = options.MaxReceiveMessageSize,
            PeerToken = _access is null ? null : () => _access.PeerToken,
        };
        _events = new TelemetryHub(_toolSettings, options.TimeProvider);
        _tools = new ToolHosts(_toolSettings, _events, options.TimeProvider, loggers.CreateLogger<ToolHosts>())
        {
            GatewayTls = _peerTls is null ? null : new ClientTls(_peerTls, options.Peers!.Name),
        };
        _connection = new ClusterConnection(options, _clusterTls, loggers) { SilosCounted = count => _readiness?.NoteSilos(count) };
        _host = new GatewayHost(new GatewayOptions
        {
            Grpc = new GrpcServerOptions
            {
                Endpoints = options.Endpoints,
                MaxReceiveMessageSize = options.MaxReceiveMessageSize,
                Capacity = options.Capacity,
                LoggerFactory = loggers,
                TimeProvider = options.TimeProvider,
                Observer = _telemetry?.Calls,
                TraceRatio = options.Telemetry.TraceRatio,
                Authentication = _access?.Authentication,
                Tls = _tls,
            },
            Health = _health,
            ConfigureServices = AddServices,
            Methods = Services,
        });
        _host.Draining.UnsafeRegister(static server => _ = ((GatewayServer)server!).DrainAsync(), this);
    }

    /// <summary>The port gRPC is served on; the first, if there are several.</summary>
    public int Port => _host.Ports[0];

    /// <summary>The port of probes; null = none.</summary>
    public int? AdminPort => _admin?.Port;

    /// <summary>The gateway's calls for browsers, on whatever port answers them.</summary>
    public WebCalls Web => _host.Web;

    /// <summary>Why the gateway is not ready, in one line; null = it is.</summary>
    public string? Unreadiness => _stopped is null ? _readiness?.Reason : "the gateway is stopping";

    /// <summary>Connects to the cluster, however long it takes to come up, and serves.</summary>
    /// <param name="options">How it runs.</param>
    /// <param name="loggers">Where it logs.</param>
    /// <param name="cluster">The cluster where it is in this process already; null = the one that the options name.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="MistakeException">A file that says who may call cannot be read, or is wrong.</exception>
    /// <exception cref="StoreException">The database cannot be used.</exception>
    /// <exception cref="EndpointUnavailableException">It cannot listen where it should.</exception>
    /// <exception cref="TlsFileException">A certificate cannot be used.</exception>
    public static async Task<GatewayServer> StartAsync(
        GatewayServerOptions options, ILoggerFactory loggers, SharedCluster? cluster = null, CancellationToken cancellation = default)
    {
        var access = ServerAccess.Open(options.Access, options.TimeProvider, loggers);
        var store = cluster?.Store
            ?? await PostgresStore.OpenAsync(options.Database!, loggers.CreateLogger<PostgresStore>(), cancellation);
        GatewayServer? server = null;
        try
        {
            server = new GatewayServer(options, loggers, access, cluster, store);
            await server.StartAsync(cancellation);
            return server;
        }
        catch when (server is not null || cluster is null)
        {
            await (server?.DisposeAsync() ?? store.DisposeAsync());

            // Orleans has several words for being told to give up.
            cancellation.ThrowIfCancellationRequested();
            throw;
        }
    }

    /// <summary>
    /// Takes no new calls, ends the watches, gives the calls in flight <paramref name="grace"/> to end, and leaves the
    /// cluster. Calling it again waits for the same end.
    /// </summary>
    public Task StopAsync(TimeSpan grace) => _stopped ??= StopOnceAsync(grace);

    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.Zero);
        await _host.DisposeAsync();
        await (_access?.DisposeAsync() ?? ValueTask.CompletedTask);
        _telemetry?.Dispose();
        if (_cluster is null)
        {
            await _store.DisposeAsync();
        }
    }

    private async Task StartAsync(CancellationToken cancellation)
    {
        _access?.TellGateway();
        await _host.StartAsync(cancellation);
        _tools.Exchange?.Wake();
        var logger = _loggers.CreateLogger<GatewayServer>();
        _sweeps.Add(WatchSweep.Start(_watches!, _options.Watches.Heartbeat, _options.TimeProvider, logger));
        foreach (var credentials in new[] { _cluster is null ? _tls?.Credentials : null, _clusterTls, _peerTls }.OfType<TlsCredentials>())
        {
            _sweeps.Add(CertificateWatch.Start(credentials, _options.TimeProvider, logger));
        }

        if (_options.Admin is { } admin)
        {
            _admin = await AdminServer.StartAsync(admin, _ => new(Unreadiness), _telemetry?.Page, () => Web, _loggers, _tls);
        }
    }

    // Not before it listens.
    private string Address()
    {
        if (_host.EndPoints is not [var first, ..] endPoints)
        {
            return "";
        }

        return endPoints.FirstOrDefault(endPoint => _tls?.Covers(endPoint.Address) == true) is { } encrypted
            ? $"{ToolHosts.TlsScheme}{new IPEndPoint(_options.Advertise, encrypted.Port)}"
            : new IPEndPoint(_options.Advertise, first.Port).ToString();
    }

    private TlsCredentials? Credentials(TlsFiles? files) =>
        files is null ? null : new TlsCredentials(files, _options.TimeProvider, _loggers.CreateLogger<TlsCredentials>());

    private void AddServices(IServiceCollection services)
    {
        services.AddSingleton(_options.TimeProvider);
        if (_cluster is not null)
        {
            services.AddSingleton(_cluster.Client);
        }
        else
        {
            services.AddOrleansClient(_connection.Apply);
        }

        services.AddSingleton(container => _readiness = new ClusterReadiness(
            _health, _store.PingAsync, _options.TimeProvider, _loggers.CreateLogger<ClusterReadiness>()));
        services.AddHostedService(container => container.GetRequiredService<ClusterReadiness>());
        services.AddSingleton(new GrainCalls(
            _options.Patience, _options.TimeProvider, _loggers.CreateLogger<GrainCalls>(), _connection.NoteUnanswered));
        services.AddSingleton(_connection.Watched);
        services.AddHostedService(container => _exchange = new HostExchange(
            _tools, Address, container.GetRequiredService<IClusterClient>(), _options.TimeProvider, _loggers.CreateLogger<HostExchange>()));
        services.AddHostedService(container => _poll = new WatchPoll(
            container.GetRequiredService<WatchedSessions>(), _store, _options.TimeProvider, _loggers.CreateLogger<WatchPoll>()));
    }

    private MethodTable Services(IServiceProvider container)
    {
        var client = container.GetRequiredService<IClusterClient>();
        var sessions = new ClusterSessions(
            client, _store, container.GetRequiredService<WatchedSessions>(), container.GetRequiredService<GrainCalls>());
        _watches = new WatchHub(
            sessions, _options.Limits, _options.Watches, _options.TimeProvider, _loggers.CreateLogger<WatchHub>());
        _telemetry?.Gauges.Add(() => Unreadiness is null);
        _telemetry?.Gauges.Add(_watches);
        _telemetry?.Gauges.Add(_tools);
        if (_cluster is null)
        {
            _telemetry?.Gauges.Add(_tls?.Credentials, _clusterTls);
        }

        var count = new CalculationCount(
            (limit, cancellation) => _store.CountCalculationsAsync(_options.ClusterId, limit, cancellation), _options.TimeProvider);
        var calculations = new ClusterCalculations(
            client, count, _options.Calculator, _loggers.CreateLogger<ClusterCalculations>());
        return ServiceTable.Of(
            sessions,
            _watches,
            _tools,
            _events,
            _toolSettings,
            calculations,
            _health,
            new ClusterDescription(client, _store, _options.ClusterId, Gateways, _options.TimeProvider),
            _options.Limits,
            _access?.Guard,
            _options.TimeProvider,
            _loggers);
    }

    private IEnumerable<Gateway> Gateways() => [
        new Gateway { Address = Address(), Answers = true, HostCount = _tools.DescribeAll().Count() },
        .. (_exchange?.Others ?? []).Select(static other => new Gateway { Address = other.Address, HostCount = other.Attached.Count }),
    ];

    // A watch ends with all that was answered before: what has not come by stream yet is found in the log.
    private async Task DrainAsync()
    {
        _tools.Drain();
        _events.Drain();
        using var patience = new CancellationTokenSource(LastLook, _options.TimeProvider);
        try
        {
            if (_poll is not null)
            {
                await _poll.LookOnceMoreAsync(patience.Token).ConfigureAwait(false);
            }
        }
        catch (Exception failure) when (failure is StoreException or OperationCanceledException)
        {
            // Who watches resumes elsewhere, from the revision it was told.
        }
        finally
        {
            _watches?.Drain();
        }
    }

    private async Task StopOnceAsync(TimeSpan grace)
    {
        await _host.StopAsync(grace);
        _tools.Dispose();
        _events.Dispose();
        foreach (var sweep in _sweeps)
        {
            await sweep.DisposeAsync();
        }

        if (_admin is not null)
        {
            await _admin.DisposeAsync();
        }
    }
}
