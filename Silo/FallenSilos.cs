using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Snakepit.Silo;

/// <summary>
/// Silos that the cluster's table calls active though they are gone. A silo in the cluster finds that out by probing,
/// but one that joins waits until every active one of the table answers: where the whole cluster fell at once it
/// would wait in vain. So while it joins it looks after them itself.
/// </summary>
internal sealed class FallenSilos(IMembershipTable table, TimeProvider time, ILogger<FallenSilos> logger)
{
    /// <summary>How often a silo says in the table that it is alive.</summary>
    public static readonly TimeSpan SignOfLife = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan Silence = 3 * SignOfLife;
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Looks after them for as long as this silo joins.</summary>
    public async Task WatchAsync(Task joining)
    {
        while (await Task.WhenAny(joining, Task.Delay(BetweenLooks, time)) != joining)
        {
            try
            {
                await FindAsync();
            }
            catch (Exception failure)
            {
                // Whether the table can be used at all is told by who joins.
                logger.CannotLookForFallenSilos(failure.Message);
            }
        }
    }

    private async Task FindAsync()
    {
        // The joining silo may not have come to this yet; twice does no harm.
        await table.InitializeMembershipTable(tryInitTableVersion: true);
        var members = await table.ReadAll();
        foreach (var (silo, etag) in members.Members)
        {
            if (silo.Status != SiloStatus.Active || !IsSilent(silo) || await ListensAsync(silo.SiloAddress.Endpoint))
            {
                continue;
            }

            silo.Status = SiloStatus.Dead;
            if (await table.UpdateRow(silo, etag, members.Version.Next()))
            {
                logger.Fallen(silo.SiloAddress.ToString());
            }

            // The table has another version now: on with the next look.
            return;
        }
    }

    private bool IsSilent(MembershipEntry silo)
    {
        // The first sign of life comes some time after the start.
        var last = silo.IAmAliveTime > silo.StartTime ? silo.IAmAliveTime : silo.StartTime;
        return time.GetUtcNow().UtcDateTime - last > Silence;
    }

    // Silent ones too may live: clocks differ, and the database may have been out of reach. None of them does with its port closed.
    private async Task<bool> ListensAsync(IPEndPoint endpoint)
    {
        using var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        using var over = new CancellationTokenSource(Patience, time);
        try
        {
            await socket.ConnectAsync(endpoint, over.Token);
            return true;
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException)
        {
            return false;
        }
    }
}
