using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http.Features;

namespace Snakepit.Transport;

/// <summary>A caller's address in gRPC's notation: `ipv4:127.0.0.1:50123`, `ipv6:[::1]:50123`.</summary>
internal static class CallPeer
{
    public static string Format(IHttpConnectionFeature connection)
    {
        var address = connection.RemoteIpAddress ?? IPAddress.None;
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? string.Create(CultureInfo.InvariantCulture, $"ipv6:[{address}]:{connection.RemotePort}")
            : string.Create(CultureInfo.InvariantCulture, $"ipv4:{address}:{connection.RemotePort}");
    }
}
