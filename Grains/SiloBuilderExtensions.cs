using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Streams;
using Snakepit.Storage.Postgres;

namespace Snakepit.Grains;

/// <summary>Adds sessions and calculations to a silo. Clustering and storage providers are the caller's.</summary>
public static class SiloBuilderExtensions
{
    /// <param name="silo">Must have storage under <see cref="SessionStreams.SubscriptionStorage"/> and <see cref="CalculatorStorage.Provider"/>.</param>
    /// <param name="store">Where its sessions last.</param>
    /// <param name="calculator">How long calculations last.</param>
    /// <param name="calculations">Finds those that nobody asks for; null = they stay until the process ends.</param>
    /// <param name="streams">How changes are announced.</param>
    public static ISiloBuilder AddSnakepit(
        this ISiloBuilder silo,
        SiloStore store,
        CalculatorPolicy calculator,
        PostgresCalculations? calculations,
        ChangeStreamOptions streams)
    {
        silo.AddMemoryStreams(streams.Provider, configure =>
        {
            configure.ConfigurePartitioning(streams.Queues);
            configure.ConfigurePullingAgent(agents => agents.Configure(options => options.GetQueueMsgsTimerPeriod = streams.PollPeriod));
            configure.ConfigureStreamPubSub(StreamPubSubType.ExplicitGrainBasedOnly);
        });
        silo.Services.TryAddSingleton(TimeProvider.System);
        silo.Services.AddSingleton(store);
        silo.Services.AddSingleton(calculator);
        silo.Services.AddSingleton<IChangeStreams>(services =>
            new OrleansChangeStreams(services.GetRequiredService<IClusterClient>(), streams.Provider));
        silo.Services.AddSingleton<SiloSessions>();
        silo.Services.AddSingleton(static services => services.GetRequiredService<SiloSessions>().Directory);
        silo.Services.AddPlacementDirector<NamedSiloPlacement, NamedSiloPlacementDirector>();
        silo.Services.AddHostedService<SessionSweep>();
        if (calculations is not null)
        {
            silo.Services.AddSingleton(calculations);
            silo.Services.AddHostedService<CalculatorSweep>();
        }

        return silo;
    }
}
