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
    /// <summary>That an endpoint cannot be had beside one of <paramref name="earlier"/>; null = it can.</summary>
    /// <param name="subject">What it is for, in a word or two.</param>
    /// <param name="option">What names it, as `--port`.</param>
    /// <param name="endpoint">Where a server would listen next.</param>
    /// <param name="earlier">Where it listens by then.</param>
    public static Finding? Check(string subject, string option, GrpcEndpoint endpoint, IReadOnlyList<TakenPlace> earlier) =>
        Of(endpoint, earlier) is { } rival
            ? Finding.Bad(subject, $"{endpoint} ({option}) and {rival.Endpoint} ({rival.Option}) exclude each other", "give one of the two another port")
            : null;

    /// <summary>The first of <paramref name="earlier"/> that it cannot be had beside; null = none. As above.</summary>
    public static TakenPlace? Of(GrpcEndpoint endpoint, IReadOnlyList<TakenPlace> earlier)
    {
        // Any free port is another one each time.
        var rivals = earlier.Where(other => other.Endpoint.Port == endpoint.Port && endpoint.Port != 0).ToList();
        if (rivals is [])
        {
            return null;
        }

        var own = AddressesOf(endpoint);
        return rivals.Find(rival => AddressesOf(rival.Endpoint).Any(theirs => own.Any(mine => Exclude(mine, theirs))));
    }

    private static bool Exclude(IPAddress one, IPAddress other) => one.Equals(other) || Covers(one, other) || Covers(other, one);

    // The any-address of IPv6 is listened on for both families.
    private static bool Covers(IPAddress any, IPAddress one) =>
        any.Equals(IPAddress.IPv6Any) || (any.Equals(IPAddress.Any) && one.AddressFamily == AddressFamily.InterNetwork);

    // An unknown name has none, which is told where it is tried.
    private static IReadOnlyList<IPAddress> AddressesOf(GrpcEndpoint endpoint)
    {
        try
        {
            return GrpcServer.AddressesOf(endpoint);
        }
        catch (EndpointUnavailableException)
        {
            return [];
        }
    }
}
