using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Snakepit.GrpcGateway;
using Snakepit.GrpcGateway.Cluster;
using Snakepit.Serving;
using Snakepit.Serving.Admin;
using Snakepit.Serving.Telemetry;
using Snakepit.Serving.Tls;
using Snakepit.Storage;
using Snakepit.Storage.Hosting;
using Snakepit.Storage.Memory;
using Snakepit.Storage.Postgres;
using Snakepit.Transport;

namespace Snakepit.Silo;

/// <summary>
/// A whole silo in this process: store, Orleans, the grains, probes, and a gateway where one is asked for. Starts
/// once, stops once.
/// </summary>
public sealed class SiloServer : IAsyncDisposable
{
    private const int PortAttempts = 5;

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    // A silo that cannot reach the database cannot say goodbye either: the others find out by themselves.
    private static readonly TimeSpan HandOver = TimeSpan.FromSeconds(30);

    private readonly SiloOptions _options;
    private readonly ILogger _logger;
    private readonly ISessionStore _store;
    private readonly ServerTelemetry? _telemetry;
    private readonly ServerTls? _tls;
    private readonly TlsCredentials? _clusterTls;
    private readonly List<Sweep> _sweeps = [];
    private readonly IHost _host;
    private GatewayServer? _gateway;
    private AdminServer? _admin;
    private bool _hasJoined;
    private Task? _stopped;

    private SiloServer(SiloOptions options, ISessionStore store, ILoggerFactory loggers)
    {
        _options = options;
        _store = store;
        _logger = loggers.CreateLogger<SiloServer>();
        _tls = ServerTls.From(options.Tls, options.TimeProvider, loggers);
        _clusterTls = options.ClusterTls is { } files
            ? new TlsCredentials(files, options.TimeProvider, loggers.CreateLogger<TlsCredentials>())
            : null;
        _telemetry = ServerTelemetry.Start("snakepit-silo", options.Telemetry, loggers, options.TimeProvider);
        (SiloPort, ClientPort) = FreePorts.Choose(options.Address, options.SiloPort, options.ClientPort);
        _host = OrleansHost.Build(options with { SiloPort = SiloPort, ClientPort = ClientPort }, store, _clusterTls, loggers);
    }

    /// <summary>The port for other silos.</summary>
    public int SiloPort { get; }

    /// <summary>The port for gateways.</summary>
    public int ClientPort { get; }

    /// <summary>The port gRPC is served on; null = this silo has no gateway.</summary>
    public int? GrpcPort => _gateway?.Port;

    /// <summary>The port of probes; null = none.</summary>
    public int? AdminPort => _admin?.Port;

    /// <summary>Opens the store, joins the cluster, and serves.</summary>
    /// <exception cref="StoreException">The database cannot be used.</exception>
    /// <exception cref="EndpointUnavailableException">It cannot listen where it should.</exception>
    /// <exception cref="TlsFileException">A certificate cannot be used.</exception>
    public static Task<SiloServer> StartAsync(SiloOptions options, ILoggerFactory loggers) => StartAsync(options, loggers, portsChosen: null);

    /// <summary>As the other one.</summary>
    /// <param name="options">What it is.</param>
    /// <param name="loggers">Where it logs.</param>
    /// <param name="portsChosen">Called between the choice of its ports and their use; null = nobody.</param>
    internal static async Task<SiloServer> StartAsync(SiloOptions options, ILoggerFactory loggers, Action<SiloServer>? portsChosen)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TryStartAsync(options, loggers, portsChosen);
            }
            catch (AddressInUseException) when (attempt < PortAttempts && (options.SiloPort == 0 || options.ClientPort == 0))
            {
                // Orleans listens for itself, so a port that was free may have been taken since.
            }
        }
    }

    /// <summary>
    /// Ends the gateway's calls first, then hands the sessions over: each grain stores what only memory has, and
    /// whoever asks for its session is sent to another silo. Calling it again waits for the same end.
    /// </summary>
    public Task StopAsync() => _stopped ??= StopOnceAsync();

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _host.Dispose();
        _telemetry?.Dispose();
        await _store.DisposeAsync();
    }

    private static async Task<SiloServer> TryStartAsync(SiloOptions options, ILoggerFactory loggers, Action<SiloServer>? portsChosen)
    {
        var store = await OpenAsync(options, loggers);
        SiloServer? server = null;
        try
        {
            server = new SiloServer(options, store, loggers);
            portsChosen?.Invoke(server);
            await server.StartAsync(loggers);
            return server;
        }
        catch
        {
            await (server?.DisposeAsync() ?? store.DisposeAsync());
            throw;
        }
    }

    private static async Task<ISessionStore> OpenAsync(SiloOptions options, ILoggerFactory loggers) => options.Database is { } database
        ? await PostgresStore.OpenAsync(database, loggers.CreateLogger<PostgresStore>(), CancellationToken.None)
        : new MemoryStore();

    private async Task StartAsync(ILoggerFactory loggers)
    {
        await JoinAsync();
        foreach (var credentials in new[] { _tls?.Credentials, _clusterTls }.OfType<TlsCredentials>())
        {
            _sweeps.Add(CertificateWatch.Start(credentials, _options.TimeProvider, _logger));
        }

        _telemetry?.Gauges.Add(_tls?.Credentials, _clusterTls);
        _telemetry?.Gauges.Add(_host.Services.GetRequiredService<SessionDirectory>(), _store);
        if (_options.Gateway is { } gateway)
        {
            var cluster = _host.Services.GetRequiredService<IClusterClient>();
            _gateway = await GatewayServer.StartAsync(gateway, loggers, new SharedCluster(cluster, _store, _tls));
        }

        if (_options.Admin is { } admin)
        {
            _admin = await AdminServer.StartAsync(
                _gateway is null ? admin with { NoConsole = "a silo has none; gateways do" } : admin,
                UnreadinessAsync,
                _telemetry?.Page,
                _gateway is null ? null : () => _gateway.Web,
                loggers,
                _tls);
        }

        _logger.Joined(_options.ClusterId, SiloPort, ClientPort);
    }

    private async Task JoinAsync()
    {
        var joining = _host.StartAsync();
        if (_options.Database is not null)
        {
            await _host.Services.GetRequiredService<FallenSilos>().WatchAsync(joining);
        }

        await joining;
        _hasJoined = true;
    }

    private async ValueTask<string?> UnreadinessAsync(CancellationToken cancellation)
    {
        if (_stopped is not null)
        {
            return "the silo is stopping";
        }

        try
        {
            await _store.PingAsync(cancellation);
            return _gateway?.Unreadiness;
        }
        catch (StoreException failure)
        {
            return failure.Message;
        }
    }

    private async Task StopOnceAsync()
    {
        if (_gateway is not null)
        {
            await _gateway.StopAsync(Grace);
            await _gateway.DisposeAsync();
        }

        // Orleans cannot stop what is only half started, and what it says to that would hide why.
        if (_hasJoined)
        {
            using var over = new CancellationTokenSource(HandOver);
            await _host.StopAsync(over.Token).WaitAsync(HandOver + Grace, CancellationToken.None)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (_admin is not null)
        {
            await _admin.DisposeAsync();
        }

        foreach (var sweep in _sweeps)
        {
            await sweep.DisposeAsync();
        }

        _logger.Left();
    }
}
