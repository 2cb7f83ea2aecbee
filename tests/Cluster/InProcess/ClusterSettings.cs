using Snakepit.Grains;
using Snakepit.Storage;

namespace Snakepit.Tests.Cluster.InProcess;

/// <summary>What a test says of a cluster.</summary>
internal sealed record ClusterSettings
{
    public int Silos { get; init; } = 1;

    /// <summary>A session unused for so long leaves memory.</summary>
    public TimeSpan IdleTime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long calculations last.</summary>
    public TimeSpan CalculationIdleTime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>What stands between the sessions and their streams.</summary>
    public Func<IChangeStreams, IChangeStreams> Streams { get; init; } = static streams => streams;

    /// <summary>What stands between each silo and its store.</summary>
    public Func<ISessionStore, ISessionStore> Store { get; init; } = static store => store;

    /// <summary>What stands between the gateway and its store.</summary>
    public Func<ISessionStore, ISessionStore> GatewayStore { get; init; } = static store => store;
}
