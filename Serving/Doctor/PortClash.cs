using System.Net;
using System.Net.Sockets;
using Snakepit.Transport;

namespace Snakepit.Serving.Doctor;

/// <summary>
/// Two places of one server that exclude each other. Each of them may be free: only together they are one too many, and
/// the server that gets the first is refused the second.
/// </summary>
public static class PortClash
{
    /// <summary>The first of <paramref name="earlier"/> that <paramref name="endpoint"/> cannot be had beside; null = none.</summary>
    /// <param name="endpoint">Where a server would listen next.</param>
    /// <param name="earlier">Where it listens by then.</param>
    public static TakenPlace? Of(GrpcEndpoint endpoint, IReadOnlyList<TakenPlace> earlier)
    {
        // Any free port is another one each time.
        var rivals = earlier.Where(other => other.Endpoint.Port == endpoint.Port && endpoint.Port != 0).ToList();
        if (rivals is [])
        {
            return null;
        }

        var own = AddressesOf(endpoint.Host);
        return rivals.Find(rival => AddressesOf(rival.Endpoint.Host).Any(theirs => own.Any(mine => Exclude(mine, theirs))));
    }

    private static bool Exclude(IPAddress one, IPAddress other) => one.Equals(other) || Covers(one, other) || Covers(other, one);

    // The any-address of IPv6 is listened on for both families.
    private static bool Covers(IPAddress any, IPAddress one) =>
        any.Equals(IPAddress.IPv6Any) || (any.Equals(IPAddress.Any) && one.AddressFamily == AddressFamily.InterNetwork);

    // As a server has them; an unknown name has none, which is told where it is tried.
    private static IPAddress[] AddressesOf(string host)
    {
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            return [IPAddress.Loopback, IPAddress.IPv6Loopback];
        }

        if (host == "*")
        {
            return [Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any];
        }

        if (IPAddress.TryParse(host, out var address))
        {
            return [address];
        }

        try
        {
            return Dns.GetHostAddresses(host);
        }
        catch (Exception unknown) when (unknown is SocketException or ArgumentException)
        {
            return [];
        }
    }
}
