using System.Net;
using Microsoft.Extensions.Logging;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Transport;

/// <summary>
/// Serves a method table as gRPC over HTTP/2, straight on Kestrel. Starts once, stops once.
/// </summary>
public sealed class GrpcServer : IAsyncDisposable
{
    private readonly GrpcServerOptions _options;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _draining = new();
    private readonly Task<StandaloneKestrel> _kestrel;
    private WebCalls? _web;
    private bool _hasTold;
    private Task? _stopped;

    /// <summary>Made well before it starts, it starts sooner.</summary>
    public GrpcServer(GrpcServerOptions options)
    {
        _options = options;
        Draining = _draining.Token;
        _logger = options.LoggerFactory.CreateLogger<GrpcServer>();

        // Beside what else is made meanwhile: most of the time its code takes to be loaded.
        _kestrel = Task.Run(() => new StandaloneKestrel(options.LoggerFactory));
    }

    /// <summary>
    /// Fires first when the server stops: a handler of a stream can still send its last messages and a
    /// status of its choice, within the grace.
    /// </summary>
    public CancellationToken Draining { get; }

    /// <summary>The addresses it listens on, in the order of the options, with the ports it really has.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints { get; private set; } = [];

    /// <summary>Those addresses' ports, each once.</summary>
    public IReadOnlyList<int> Ports => EndPoints.Select(endPoint => endPoint.Port).Distinct().ToList();

    /// <summary>The same methods for browsers, on whatever port answers them. Not before it was started.</summary>
    public WebCalls Web => _web ?? throw new InvalidOperationException("the server was not started");

    /// <summary>
    /// Listens, and answers calls from then on. Throws <see cref="ArgumentException"/> where the table
    /// has two entries of one path, <see cref="EndpointUnavailableException"/> where it cannot listen.
    /// </summary>
    public async Task StartAsync(IEnumerable<RpcMethod> methods, CancellationToken cancellation = default)
    {
        if (_web is not null)
        {
            throw new InvalidOperationException("the server was started before");
        }

        var bound = MethodBinding.Bind(methods, _options.Observer);
        var context = ServerContext.Of(_options, _logger, Draining);
        var application = new CallApplication(bound, context);
        var kestrel = await _kestrel;
        using var sockets = ListenSockets.Bind(_options.Endpoints);
        _web = new WebCalls(bound, context);
        var endPoints = sockets.EndPoints.ToList();
        await kestrel.StartAsync(application, _options, sockets, endPoints, cancellation);
        EndPoints = endPoints;
    }

    /// <summary>Says in the log where it listens. Apart, as the first lines of a log take time that nobody needs to wait for.</summary>
    public void TellWhere()
    {
        _hasTold = true;
        foreach (var endPoint in EndPoints)
        {
            _logger.Listening(endPoint);
        }
    }

    /// <summary>
    /// Sees whether a server could listen there, and lets go of it. Throws
    /// <see cref="EndpointUnavailableException"/> where it could not.
    /// </summary>
    public static void TryListen(GrpcEndpoint endpoint) => ListenSockets.Bind([endpoint]).Dispose();

    /// <summary>
    /// The addresses that a server would listen on there. Throws <see cref="EndpointUnavailableException"/> where the host is
    /// unknown.
    /// </summary>
    public static IReadOnlyList<IPAddress> AddressesOf(GrpcEndpoint endpoint) => ListenSockets.Resolve(endpoint);

    /// <summary>
    /// Takes no new calls, gives those in flight <paramref name="grace"/> to end, then cuts them off.
    /// Calling it again waits for the same end.
    /// </summary>
    public Task StopAsync(TimeSpan grace) => _stopped ??= StopOnceAsync(grace);

    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.Zero);
        await ((Task)_kestrel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_kestrel.IsCompletedSuccessfully)
        {
            _kestrel.Result.Dispose();
        }

        _draining.Dispose();
    }

    private async Task StopOnceAsync(TimeSpan grace)
    {
        if (_web is null)
        {
            return;
        }

        if (_hasTold)
        {
            _logger.Draining(grace.TotalSeconds);
        }

        await _draining.CancelAsync();
        using var over = new CancellationTokenSource(grace, _options.TimeProvider);
        await Task.WhenAll((await _kestrel).StopAsync(over.Token), _web.StopAsync(over.Token));
    }
}
