using System.Net;
using System.Net.Sockets;
using Snakepit.Transport;

namespace Snakepit.Silo;

/// <summary>The ports of a silo, which Orleans must know before it listens.</summary>
internal static class FreePorts
{
    /// <summary>Free ones in the place of zeros; those given are tried, so that a clash is told plainly.</summary>
    /// <exception cref="EndpointUnavailableException">One of them is in use.</exception>
    public static (int First, int Second) Choose(IPAddress address, int first, int second)
    {
        using var one = Try(address, first);
        using var other = Try(address, second);
        return (PortOf(one), PortOf(other));
    }

    private static int PortOf(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port;

    private static Socket Try(IPAddress address, int port)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen(1);
            return socket;
        }
        catch (SocketException refused)
        {
            socket.Dispose();
            var endpoint = new GrpcEndpoint(address.ToString(), port);
            throw new EndpointUnavailableException(
                endpoint, refused.SocketErrorCode == SocketError.AddressAlreadyInUse ? "the port is in use" : refused.Message, refused);
        }
    }
}
