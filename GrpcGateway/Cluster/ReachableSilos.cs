using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Orleans.Messaging;

namespace Snakepit.GrpcGateway.Cluster;

/// <summary>
/// The silos that a gateway's client sends calls by: those of the cluster's table, less those that cannot be reached from
/// here. One that the other silos reach stays in the table, and a connection that is cut without a word looks well for
/// minutes: without this, calls would go that way again and again, though each other silo would pass them on.
/// </summary>
/// <param name="table">The cluster's table.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Told when it changes.</param>
internal sealed class ReachableSilos(IGatewayListProvider table, TimeProvider time, ILogger<ReachableSilos> logger) : IGatewayListProvider
{
    /// <summary>How long after a call that was not answered silos are asked whether they listen.</summary>
    private static readonly TimeSpan Suspicion = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly HashSet<Uri> _cutOff = [];
    private long _unanswered;

    public TimeSpan MaxStaleness => table.MaxStaleness;

    public bool IsUpdatable => true;

    public Task InitializeGatewayListProvider() => table.InitializeGatewayListProvider();

    /// <summary>A call was not answered. Any thread.</summary>
    public void NoteUnanswered() => Interlocked.Exchange(ref _unanswered, time.GetTimestamp());

    /// <summary>Asked by the client regularly, one at a time. Costs nothing more than the table as long as calls are answered.</summary>
    public async Task<IList<Uri>> GetGateways()
    {
        var silos = await table.GetGateways().ConfigureAwait(false);
        _cutOff.IntersectWith(silos);
        var since = Interlocked.Read(ref _unanswered);
        var isSuspicious = since != 0 && time.GetElapsedTime(since) < Suspicion;
        var looked = await Task.WhenAll(silos
            .Where(silo => isSuspicious || _cutOff.Contains(silo))
            .Select(async silo => (Silo: silo, Listens: await ListensAsync(silo).ConfigureAwait(false)))).ConfigureAwait(false);
        foreach (var (silo, listens) in looked)
        {
            if (listens && _cutOff.Remove(silo))
            {
                logger.SiloReachable(silo.Authority);
            }
            else if (!listens && _cutOff.Add(silo))
            {
                logger.SiloUnreachable(silo.Authority);
            }
        }

        // Where none can be reached it may be that only this look could not.
        return _cutOff.Count == 0 || _cutOff.Count == silos.Count ? silos : [.. silos.Where(silo => !_cutOff.Contains(silo))];
    }

    private async Task<bool> ListensAsync(Uri silo)
    {
        using var over = new CancellationTokenSource(Patience, time);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Parse(silo.DnsSafeHost), silo.Port), over.Token).ConfigureAwait(false);
            return true;
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException)
        {
            return false;
        }
    }
}
