using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Streams;
using Orleans.TestingHost;
using Snakepit.Grains;
using Snakepit.Sessions;
using Snakepit.Storage.Hosting;
using Snakepit.Storage.Postgres;

namespace Snakepit.Tests.Cluster.InProcess;

/// <summary>
/// Silos in this process, each with a store of its own on one schema, and a gateway. As the silo's executable
/// configures them, but for what finds them and what keeps subscriptions and calculations: those are in memory.
/// </summary>
internal sealed class TestedCluster : IAsyncDisposable
{
    private readonly PostgresOptions _database;
    private readonly ClusterSettings _settings;
    private readonly ConcurrentQueue<PostgresStore> _unused = new();
    private readonly List<PostgresStore> _stores = [];
    private readonly InProcessTestCluster _cluster;
    private TestedGateway? _gateway;

    private TestedCluster(PostgresOptions database, ClusterSettings settings)
    {
        _database = database;
        _settings = settings;
        var builder = new InProcessTestClusterBuilder((short)settings.Silos);
        builder.Options.ConfigureFileLogging = false;
        builder.ConfigureSilo((_, silo) => Configure(silo));
        builder.ConfigureClient(Configure);
        _cluster = builder.Build();
    }

    public InProcessTestCluster Orleans => _cluster;

    public TestedGateway Gateway => _gateway!;

    /// <summary>Sessions in memory, on each silo that runs.</summary>
    public IReadOnlyList<int> ActiveCounts => [.. _cluster.Silos.Select(silo => SessionsOf(silo).Directory.ActiveCount)];

    /// <summary>A cluster on a schema that others may use too.</summary>
    public static async Task<TestedCluster> StartAsync(PostgresOptions database, ClusterSettings settings)
    {
        var cluster = new TestedCluster(database, settings);
        try
        {
            await cluster.StartAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public static SiloSessions SessionsOf(InProcessSiloHandle silo) => silo.ServiceProvider.GetRequiredService<SiloSessions>();

    public ISessionGrain GrainOf(SessionKey key) => _cluster.Client.GetGrain<ISessionGrain>(SessionGrainKey.Of(key));

    /// <summary>The silo that has the session in memory.</summary>
    public InProcessSiloHandle OwnerOf(SessionKey key) =>
        _cluster.Silos.First(silo => SessionsOf(silo).Directory.IsActive(key));

    public async Task StartSiloAsync()
    {
        await OpenStoreAsync();
        await _cluster.StartAdditionalSiloAsync();
    }

    /// <summary>Activations of sessions' grains, in the whole cluster.</summary>
    public async Task<int> CountGrainsAsync() =>
        (await _cluster.Client.GetGrain<IManagementGrain>(0).GetActiveGrains(GrainType.Create("session"))).Count;

    public async ValueTask DisposeAsync()
    {
        if (_gateway is not null)
        {
            await _gateway.DisposeAsync();
        }

        await _cluster.DisposeAsync();
        foreach (var store in _stores)
        {
            await store.DisposeAsync();
        }
    }

    private async Task StartAsync()
    {
        for (var silo = 0; silo < _settings.Silos; silo++)
        {
            await OpenStoreAsync();
        }

        await _cluster.DeployAsync();
        var store = await ClusterDatabase.OpenAsync(_database);
        _stores.Add(store);
        _gateway = await TestedGateway.StartAsync(_cluster.Client, _settings.GatewayStore(store));
    }

    private async Task OpenStoreAsync()
    {
        var store = await ClusterDatabase.OpenAsync(_database);
        _stores.Add(store);
        _unused.Enqueue(store);
    }

    private void Configure(ISiloBuilder silo)
    {
        Assert.True(_unused.TryDequeue(out var store), "each silo has a store of its own");
        var streams = ChangeStreamOptions.Default;
        silo.AddMemoryGrainStorage(SessionStreams.SubscriptionStorage);
        silo.AddMemoryGrainStorage(CalculatorStorage.Provider);
        silo.AddSnakepit(
            new SiloStore(
                _settings.Store(store),
                SessionSettings.Default,
                HostPolicy.Default with
                {
                    IdleTime = _settings.IdleTime,
                    ConfirmedFor = TimeSpan.FromSeconds(5),
                    StoredWhileWatched = TimeSpan.FromSeconds(45),
                    WatchersReturnWithin = Interest.Lasts,
                }),
            new CalculatorPolicy(_settings.CalculationIdleTime),
            calculations: null,
            streams);
        silo.Services.AddSingleton(services => _settings.Streams(
            new OrleansChangeStreams(services.GetRequiredService<IClusterClient>(), streams.Provider)));
        silo.Configure<ClusterMembershipOptions>(membership =>
        {
            membership.ProbeTimeout = TimeSpan.FromSeconds(1);
            membership.MaxProbeTimeout = TimeSpan.FromSeconds(2);
            membership.NumMissedProbesLimit = 3;
            membership.TableRefreshTimeout = TimeSpan.FromSeconds(5);
        });
        silo.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(5));
    }

    private static void Configure(IClientBuilder client)
    {
        client.AddMemoryStreams(ChangeStreamOptions.Default.Provider, streams =>
        {
            streams.ConfigurePartitioning(ChangeStreamOptions.Default.Queues);
            streams.ConfigureStreamPubSub(StreamPubSubType.ExplicitGrainBasedOnly);
        });
        client.Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(5));
        client.Configure<GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = TimeSpan.FromSeconds(5));
    }
}
