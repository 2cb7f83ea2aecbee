using Google.Protobuf.WellKnownTypes;
using Snakepit.Bridge;
using Snakepit.Grains;
using Snakepit.Protocol.Administration;
using Snakepit.Serving;
using Snakepit.Storage;
using Snakepit.Storage.Postgres;
using Silo = Snakepit.Protocol.Administration.Silo;

namespace Snakepit.GrpcGateway.Cluster;

/// <summary>What a gateway tells of its cluster, as the silos and the other gateways tell it. Safe from any thread.</summary>
/// <param name="grains">The cluster.</param>
/// <param name="store">What it keeps its sessions in.</param>
/// <param name="clusterId">Its name.</param>
/// <param name="gateways">The gateways known here, this one first.</param>
/// <param name="time">The clock.</param>
internal sealed class ClusterDescription(
    IGrainFactory grains, ISessionStore store, string clusterId, Func<IEnumerable<Gateway>> gateways, TimeProvider time)
    : IServerDescription
{
    private readonly ProcessDescription _process = new(
        DescribeServerResponse.Types.Kind.Gateway, store is PostgresStore ? "PostgreSQL" : "memory", time.GetUtcNow());

    public async ValueTask<DescribeServerResponse> DescribeAsync(CancellationToken cancellation)
    {
        var message = _process.ToMessage();
        message.SessionCount = store.Count;
        message.ClusterId = clusterId;
        message.Gateways.Add(gateways());
        var silos = await SilosAsync(cancellation).ConfigureAwait(false);
        message.Silos.Add(silos);
        message.ActiveSessionCount = silos.Sum(static silo => silo.ActiveSessionCount);
        return message;
    }

    // One that is known to be dead is no part of the cluster any more; one that is only silent is.
    private async Task<Silo[]> SilosAsync(CancellationToken cancellation)
    {
        try
        {
            var hosts = await grains.GetGrain<IManagementGrain>(0).GetDetailedHosts(onlyActive: false)
                .WaitAsync(cancellation).ConfigureAwait(false);
            return await Task.WhenAll(hosts
                .Where(static host => host.Status != SiloStatus.Dead)
                .OrderBy(static host => host.StartTime)
                .Select(DescribeAsync)).WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch (Exception failure) when (GrainCalls.IsTransient(failure))
        {
            return [];
        }
    }

    private async Task<Silo> DescribeAsync(MembershipEntry host)
    {
        var silo = new Silo
        {
            Address = host.SiloAddress.ToParsableString(),
            Status = host.Status.ToString(),
            StartedAt = ToTimestamp(host.StartTime),
            AliveAt = ToTimestamp(host.IAmAliveTime),
        };
        try
        {
            silo.ActiveSessionCount = await grains.GetGrain<ISiloGrain>(silo.Address).CountActiveAsync().ConfigureAwait(false);
        }
        catch (Exception failure) when (GrainCalls.IsTransient(failure))
        {
            // That it does not answer is what its missing number says.
        }

        return silo;
    }

    private static Timestamp ToTimestamp(DateTime utc) => Timestamp.FromDateTime(DateTime.SpecifyKind(utc, DateTimeKind.Utc));
}
