using System.Net;
using System.Net.Sockets;

namespace Snakepit.Transport;

/// <summary>
/// The listening sockets of a server, bound before Kestrel sees them: only so can two address families
/// share a port that the system chose.
/// </summary>
internal sealed class ListenSockets : IDisposable
{
    private const int Backlog = 512;

    /// <summary>How many free ports to try until one is free in both families.</summary>
    private const int MaxAttempts = 20;

    private readonly List<Socket> _sockets = [];

    private ListenSockets()
    {
    }

    public IEnumerable<IPEndPoint> EndPoints => _sockets.Select(LocalEndPoint);

    /// <summary>All or none. Throws <see cref="EndpointUnavailableException"/>.</summary>
    public static ListenSockets Bind(IEnumerable<GrpcEndpoint> endpoints)
    {
        var sockets = new ListenSockets();
        try
        {
            foreach (var endpoint in endpoints)
            {
                sockets.Add(endpoint);
            }

            return sockets;
        }
        catch
        {
            sockets.Dispose();
            throw;
        }
    }

    /// <summary>The socket bound to <paramref name="endPoint"/>, which belongs to the caller from then on.</summary>
    public Socket Take(EndPoint endPoint)
    {
        var socket = _sockets.Single(socket => LocalEndPoint(socket).Equals(endPoint));
        _sockets.Remove(socket);
        return socket;
    }

    public void Dispose()
    {
        foreach (var socket in _sockets)
        {
            socket.Dispose();
        }

        _sockets.Clear();
    }

    private static IPEndPoint LocalEndPoint(Socket socket) => (IPEndPoint)socket.LocalEndPoint!;

    /// <summary>The addresses of an endpoint, which share its port. Throws <see cref="EndpointUnavailableException"/> where its host is unknown.</summary>
    public static IPAddress[] Resolve(GrpcEndpoint endpoint)
    {
        if (endpoint.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            return Socket.OSSupportsIPv6 ? [IPAddress.Loopback, IPAddress.IPv6Loopback] : [IPAddress.Loopback];
        }

        if (endpoint.Host == "*")
        {
            return [Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any];
        }

        if (IPAddress.TryParse(endpoint.Host, out var address))
        {
            return [address];
        }

        try
        {
            return Dns.GetHostAddresses(endpoint.Host).Distinct().ToArray();
        }
        catch (Exception unknown) when (unknown is SocketException or ArgumentException)
        {
            throw new EndpointUnavailableException(endpoint, "the host name is unknown", unknown);
        }
    }

    private static Socket Listen(IPAddress address, int port)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (address.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.DualMode = address.Equals(IPAddress.IPv6Any);
            }

            socket.Bind(new IPEndPoint(address, port));

            // Two sockets may be bound to one port as long as neither listens: only this shows the clash.
            socket.Listen(Backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private void Add(GrpcEndpoint endpoint)
    {
        if (endpoint.Port is < IPEndPoint.MinPort or > IPEndPoint.MaxPort)
        {
            throw new EndpointUnavailableException(endpoint, $"a port is a number from 0 to {IPEndPoint.MaxPort}");
        }

        var addresses = Resolve(endpoint);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                _sockets.AddRange(ListenOnOnePort(addresses, endpoint.Port));
                return;
            }
            catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                if (endpoint.Port != 0 || attempt == MaxAttempts)
                {
                    throw new EndpointUnavailableException(endpoint, "the port is in use", taken);
                }
            }
            catch (SocketException refused)
            {
                throw new EndpointUnavailableException(endpoint, refused.Message, refused);
            }
        }
    }

    private static List<Socket> ListenOnOnePort(IPAddress[] addresses, int port)
    {
        var sockets = new List<Socket>();
        try
        {
            foreach (var address in addresses)
            {
                try
                {
                    var socket = Listen(address, port);
                    sockets.Add(socket);
                    port = LocalEndPoint(socket).Port;
                }
                catch (SocketException missing) when (sockets.Count > 0 && IsFamilyMissing(missing))
                {
                    // A machine whose kernel knows IPv6 but which has no ::1: IPv4 alone serves it.
                }
            }

            return sockets;
        }
        catch
        {
            sockets.ForEach(socket => socket.Dispose());
            throw;
        }
    }

    private static bool IsFamilyMissing(SocketException exception) => exception.SocketErrorCode
        is SocketError.AddressNotAvailable
        or SocketError.AddressFamilyNotSupported
        or SocketError.ProtocolNotSupported
        or SocketError.OperationNotSupported;
}
