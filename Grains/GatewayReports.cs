using Snakepit.Protocol.Storing;

namespace Snakepit.Grains;

/// <summary>What each gateway last said of its hosts of tools. Not thread-safe: its grain guards it.</summary>
internal sealed class GatewayReports(TimeProvider time)
{
    /// <summary>A gateway that has been silent for this long has gone: it would have said something five times.</summary>
    internal static readonly TimeSpan Lasts = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, (GatewayHosts Hosts, long Since)> _byGateway = new(StringComparer.Ordinal);

    /// <summary>Takes one's word and answers with that of the others.</summary>
    public HostDirectory Exchange(GatewayHosts report)
    {
        foreach (var (gateway, (_, since)) in _byGateway)
        {
            if (time.GetElapsedTime(since) > Lasts)
            {
                _byGateway.Remove(gateway);
            }
        }

        // One with no address is about to go.
        if (report.Address.Length == 0)
        {
            _byGateway.Remove(report.Gateway);
        }
        else
        {
            _byGateway[report.Gateway] = (report, time.GetTimestamp());
        }

        return new HostDirectory
        {
            Gateways = { _byGateway.Where(known => known.Key != report.Gateway).Select(static known => known.Value.Hosts) },
        };
    }
}
