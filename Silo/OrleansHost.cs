using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Serialization;
using Orleans.Storage;
using Snakepit.Grains;
using Snakepit.GrpcGateway.Cluster;
using Snakepit.Serving;
using Snakepit.Serving.Logging;
using Snakepit.Storage;
using Snakepit.Storage.Postgres;
using Snakepit.Transport;

namespace Snakepit.Silo;

/// <summary>Orleans as this product uses it: its clustering, its storage, and how soon it takes a silo for dead.</summary>
internal static class OrleansHost
{
    // The invariant name under which Orleans knows Npgsql.
    private const string Npgsql = "Npgsql";

    /// <summary>
    /// How long a host answers reads without having heard from the store: another silo may have taken its session
    /// over meanwhile.
    /// </summary>
    private static readonly TimeSpan ConfirmedFor = TimeSpan.FromSeconds(5);

    // A silo's death is noticed within seconds, and a gateway says again within 22 s that it has watchers: there are 30 s.
    private static readonly TimeSpan StoredWhileWatched = TimeSpan.FromSeconds(45);

    public static IHost Build(SiloOptions options, ISessionStore store, TlsCredentials? tls, ILoggerFactory loggers)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton<ILoggerFactory>(new FrameworkLoggers(loggers));
        builder.Services.AddSingleton<IHostLifetime, OwnLifetime>();
        builder.Services.AddSingleton(options.TimeProvider);
        builder.Services.AddSingleton<FallenSilos>();
        builder.UseOrleans(silo =>
        {
            Configure(silo, options, store);
            if (tls is not null)
            {
                silo.UseTls(security => ClusterTls.Apply(security, tls, loggers.CreateLogger<SiloServer>()));
            }
        });
        return builder.Build();
    }

    private static void Configure(ISiloBuilder silo, SiloOptions options, ISessionStore store)
    {
        silo.ConfigureEndpoints(options.Address, options.SiloPort, options.ClientPort, listenOnAnyHostAddress: false);
        var hosting = options.Hosting;
        PostgresCalculations? calculations = null;
        if (options.Database is { } database)
        {
            UseDatabase(silo, options, database.ForProviders());
            hosting = hosting with
            {
                ConfirmedFor = ConfirmedFor,
                StoredWhileWatched = StoredWhileWatched,
                WatchersReturnWithin = Interest.Lasts,
            };
            calculations = ((PostgresStore)store).Calculations(options.ClusterId);
        }
        else
        {
            UseMemory(silo, options);
        }

        if (options.Telemetry.Otlp is not null)
        {
            silo.AddActivityPropagation();
        }

        silo.AddSnakepit(
            new SiloStore(store, options.Sessions, hosting),
            new CalculatorPolicy(options.Calculator.IdleTime),
            calculations,
            options.Streams);
    }

    private static void UseMemory(ISiloBuilder silo, SiloOptions options)
    {
        silo.UseLocalhostClustering(options.SiloPort, options.ClientPort, serviceId: options.ClusterId, clusterId: options.ClusterId);
        silo.AddMemoryGrainStorage(SessionStreams.SubscriptionStorage);
        silo.AddMemoryGrainStorage(CalculatorStorage.Provider);
    }

    private static void UseDatabase(ISiloBuilder silo, SiloOptions options, string connection)
    {
        silo.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (options.ClusterId, options.ClusterId));
        silo.UseAdoNetClustering(clustering => (clustering.Invariant, clustering.ConnectionString) = (Npgsql, connection));
        foreach (var provider in new[] { SessionStreams.SubscriptionStorage, CalculatorStorage.Provider })
        {
            silo.AddAdoNetGrainStorage(provider, (OptionsBuilder<AdoNetGrainStorageOptions> storage) =>
                storage.Configure<Serializer>((settings, serializer) =>
                {
                    (settings.Invariant, settings.ConnectionString) = (Npgsql, connection);
                    settings.DeleteStateOnClear = true;
                    settings.GrainStorageSerializer = new OrleansGrainStorageSerializer(serializer);
                }));
        }

        silo.Configure<ClusterMembershipOptions>(membership =>
        {
            // Three seconds for a silo that was killed or cut off; a pause of two is forgiven.
            membership.ProbeTimeout = TimeSpan.FromSeconds(1);
            membership.MaxProbeTimeout = TimeSpan.FromSeconds(2);
            membership.NumMissedProbesLimit = 3;
            membership.TableRefreshTimeout = TimeSpan.FromSeconds(5);
            membership.IAmAliveTablePublishTimeout = FallenSilos.SignOfLife;
            membership.DefunctSiloExpiration = TimeSpan.FromDays(1);
        });

        // What was lost with a silo is noticed by nothing else.
        silo.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(5));
    }
}
