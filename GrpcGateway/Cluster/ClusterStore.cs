using Snakepit.Storage;
using Snakepit.Storage.Postgres;

namespace Snakepit.GrpcGateway.Cluster;

/// <summary>What a cluster asks of its store beside sessions. In memory, for development, it always answers and has no limit.</summary>
public static class ClusterStore
{
    /// <summary>Ends when the store has answered.</summary>
    /// <exception cref="StoreException">It did not.</exception>
    public static Task PingAsync(this ISessionStore store, CancellationToken cancellation) =>
        store is PostgresStore postgres ? postgres.PingAsync(cancellation) : Task.CompletedTask;

    /// <summary>Calculations of the cluster, counted up to a limit.</summary>
    internal static ValueTask<int> CountCalculationsAsync(
        this ISessionStore store, string clusterId, int limit, CancellationToken cancellation) =>
        store is PostgresStore postgres ? postgres.Calculations(clusterId).CountAsync(limit, cancellation) : new(0);
}
