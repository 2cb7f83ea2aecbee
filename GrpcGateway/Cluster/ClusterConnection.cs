using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Messaging;
using Orleans.Streams;
using Snakepit.Grains;
using Snakepit.Transport;

namespace Snakepit.GrpcGateway.Cluster;

/// <summary>How a gateway is a client of its cluster, and hears of the sessions it watches.</summary>
/// <param name="options">Which cluster, and how.</param>
/// <param name="tls">What it shows to silos, and believes of them; null = in cleartext.</param>
/// <param name="loggers">Where it logs.</param>
internal sealed class ClusterConnection(GatewayServerOptions options, TlsCredentials? tls, ILoggerFactory loggers)
{
    private ReachableSilos? _silos;

    /// <summary>Called with how many silos are connected, whenever that changes.</summary>
    public required Action<int> SilosCounted { get; init; }

    public void Apply(IClientBuilder client)
    {
        var connection = options.Database!.ForProviders();
        client.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (options.ClusterId, options.ClusterId));
        client.UseAdoNetClustering(clustering => (clustering.Invariant, clustering.ConnectionString) = ("Npgsql", connection));
        client.Services.AddSingleton<IGatewayListProvider>(Table(client.Services) is { } table
            ? container => _silos = new ReachableSilos(table(container), options.TimeProvider, loggers.CreateLogger<ReachableSilos>())
            : throw new InvalidOperationException("the clustering has no list of silos"));
        client.AddMemoryStreams(
            options.Streams.Provider,
            streams =>
            {
                streams.ConfigurePartitioning(options.Streams.Queues);
                streams.ConfigureStreamPubSub(StreamPubSubType.ExplicitGrainBasedOnly);
            });

        // A call that was lost with a silo is noticed by nothing else, nor is a silo that hangs.
        client.Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(5));
        client.Configure<Orleans.Configuration.GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = TimeSpan.FromSeconds(2));
        if (tls is not null)
        {
            client.UseTls(security => ClusterTls.Apply(security, tls, loggers.CreateLogger<GatewayServer>()));
        }

        if (options.Telemetry.Otlp is not null)
        {
            client.AddActivityPropagation();
        }

        client.UseConnectionRetryFilter(static async (_, token) =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500), token);
            return true;
        });
        client.AddGatewayCountChangedHandler((_, changed) => SilosCounted(changed.NumberOfConnectedGateways));
        client.AddClusterConnectionLostHandler((_, _) => SilosCounted(0));
    }

    /// <summary>A silo did not answer in time. Any thread.</summary>
    public void NoteUnanswered() => _silos?.NoteUnanswered();

    public WatchedSessions Watched(IServiceProvider container)
    {
        var client = container.GetRequiredService<IClusterClient>();
        return new WatchedSessions(
            client,
            key => client.GetStreamProvider(options.Streams.Provider).GetStream<WireMessage>(SessionStreams.Of(key)),
            container.GetRequiredService<GrainCalls>(),
            options.TimeProvider,
            loggers.CreateLogger<WatchedSessions>());
    }

    /// <summary>Takes the clustering's own list of silos out of the container; null = it is not made as it is known to be.</summary>
    private static Func<IServiceProvider, IGatewayListProvider>? Table(IServiceCollection services)
    {
        var own = services.Last(service => service.ServiceType == typeof(IGatewayListProvider));
        services.Remove(own);
        return own.ImplementationType is { } type
            ? container => (IGatewayListProvider)ActivatorUtilities.CreateInstance(container, type)
            : own.ImplementationFactory is { } make ? container => (IGatewayListProvider)make(container) : null;
    }
}
