using System.Collections.Frozen;
using System.Net;
using Grpc.AspNetCore.Server;
using Grpc.AspNetCore.Server.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Snakepit.Bridge;
using Snakepit.GrpcGateway.Rpc;
using Snakepit.Serving;
using Snakepit.Serving.Logging;
using Snakepit.Transport;

namespace Snakepit.GrpcGateway;

/// <summary>
/// Serves a method table as gRPC by Grpc.AspNetCore, in a host of its own that reads no configuration and
/// listens to no signals. To a caller it is the same as <see cref="GrpcServer"/>. Starts once, stops once.
/// </summary>
public sealed class GatewayHost : IAsyncDisposable
{
    private static readonly TimeSpan ServicesPatience = TimeSpan.FromSeconds(10);

    private readonly GatewayOptions _options;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _draining = new();
    private WebApplication? _application;
    private WebCalls? _web;
    private Task? _stopped;

    public GatewayHost(GatewayOptions options)
    {
        _options = options;
        Draining = _draining.Token;
        _logger = options.Grpc.LoggerFactory.CreateLogger<GatewayHost>();
    }

    /// <summary>
    /// Fires first when the host stops: a handler of a stream can still send its last messages and a
    /// status of its choice, within the grace.
    /// </summary>
    public CancellationToken Draining { get; }

    /// <summary>The addresses it serves gRPC on, in the order of the options, with the ports it really has.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints { get; private set; } = [];

    /// <summary>Those addresses' ports, each once.</summary>
    public IReadOnlyList<int> Ports => EndPoints.Select(endPoint => endPoint.Port).Distinct().ToList();

    /// <summary>The same methods for browsers, on whatever port answers them. Not before it was started.</summary>
    public WebCalls Web => _web ?? throw new InvalidOperationException("the gateway was not started");

    /// <summary>
    /// Starts the services of the container, listens, and answers calls from then on. Throws
    /// <see cref="EndpointUnavailableException"/> where it cannot listen, and what a service throws that
    /// does not start.
    /// </summary>
    public async Task StartAsync(CancellationToken cancellation = default)
    {
        if (_application is not null)
        {
            throw new InvalidOperationException("the gateway was started before");
        }

        using var calls = ListenSockets.Bind(_options.Grpc.Endpoints);
        var callEndPoints = calls.EndPoints.ToList();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseSockets(sockets => KestrelSettings.Apply(sockets, calls));
        var memory = new KestrelMemory();
        builder.WebHost.ConfigureKestrel(kestrel => KestrelSettings.Apply(kestrel, memory, _options.Grpc, callEndPoints));
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>>(memory.Sockets);
        AddServices(builder.Services);

        var application = builder.Build();
        try
        {
            // One that cannot be made must show as what it is: a host that never began to start cannot be stopped.
            _ = application.Services.GetServices<IHostedService>().Count();
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }

        _application = application;
        UseServices(_application);
        await _application.StartAsync(cancellation);
        EndPoints = callEndPoints;
        _options.Health.Set(isServing: true);
        foreach (var endPoint in callEndPoints)
        {
            _logger.Listening(endPoint);
        }
    }

    /// <summary>
    /// Takes no new calls, gives those in flight <paramref name="grace"/> to end, then cuts them off, and stops
    /// the services of the container, which get 10 s. Calling it again waits for the same end.
    /// </summary>
    public Task StopAsync(TimeSpan grace) => _stopped ??= StopOnceAsync(grace);

    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.Zero);
        if (_application is not null)
        {
            await _application.DisposeAsync();
        }

        _draining.Dispose();
    }

    private void AddServices(IServiceCollection services)
    {
        services.AddSingleton<ILoggerFactory>(new FrameworkLoggers(_options.Grpc.LoggerFactory));
        services.AddSingleton<IHostLifetime, OwnLifetime>();
        services.Configure<HostOptions>(host => host.ShutdownTimeout = Timeout.InfiniteTimeSpan);
        _options.ConfigureServices?.Invoke(services);
        services.AddSingleton(_options.Methods);
        services.AddSingleton(container => MethodBinding.Bind(container.GetRequiredService<MethodTable>().Methods, _options.Grpc.Observer));
        services.AddSingleton<MethodTableProvider>();
        services.AddSingleton<IServiceMethodProvider<MethodTableProvider>>(
            container => container.GetRequiredService<MethodTableProvider>());
        services.AddGrpc(Configure);
    }

    private void Configure(GrpcServiceOptions grpc)
    {
        grpc.MaxReceiveMessageSize = _options.Grpc.MaxReceiveMessageSize;
        grpc.CompressionProviders = [new LimitedGzip(_options.Grpc.MaxReceiveMessageSize)];
    }

    private void UseServices(WebApplication application)
    {
        var server = ServerContext.Of(_options.Grpc, _logger, Draining);
        var methods = application.Services.GetRequiredService<FrozenDictionary<string, BoundMethod>>();
        _web = new WebCalls(methods, server);
        application.MapGrpcService<MethodTableProvider>();
        var endpoints = ((IEndpointRouteBuilder)application).DataSources.SelectMany(static source => source.Endpoints);
        var gate = new CallGate(server, endpoints, application.Services);
        application.Use(next => context => gate.InvokeAsync(context, next));

        // Behind the gate, which has found what is to run. Left out, it would come before it of itself, and match.
        application.UseRouting();
    }

    private async Task StopOnceAsync(TimeSpan grace)
    {
        if (_application is null)
        {
            return;
        }

        _logger.Draining(grace.TotalSeconds);
        _options.Health.Drain();
        await _draining.CancelAsync();
        using var over = new CancellationTokenSource(grace, _options.Grpc.TimeProvider);
        await Task.WhenAll(_application.Services.GetRequiredService<IServer>().StopAsync(over.Token), _web?.StopAsync(over.Token) ?? Task.CompletedTask);
        await StopServicesAsync(_application);
    }

    // After the last call, and with a time of their own: the grace may be used up, and the cluster's client
    // that finds it so leaves in the middle of its goodbyes.
    private async Task StopServicesAsync(WebApplication application)
    {
        using var over = new CancellationTokenSource(ServicesPatience, _options.Grpc.TimeProvider);
        try
        {
            await application.StopAsync(over.Token);
        }
        catch (Exception failure) when (over.IsCancellationRequested && failure is OperationCanceledException or AggregateException)
        {
            _logger.ServicesNotStopped(ServicesPatience);
        }
    }
}
