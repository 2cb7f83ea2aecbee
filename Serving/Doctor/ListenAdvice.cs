using System.Globalization;
using System.Net.Sockets;
using Snakepit.Serving.CommandLine;
using Snakepit.Serving.Settings.Groups;
using Snakepit.Transport;

namespace Snakepit.Serving.Doctor;

/// <summary>What to do where a server could not listen: that depends on what keeps it from it.</summary>
public static class ListenAdvice
{
    private const string FirstFree = "/proc/sys/net/ipv4/ip_unprivileged_port_start";
    private const int UsualFirstFree = 1024;

    /// <param name="unavailable">What was said when it was tried.</param>
    /// <param name="address">Which settings name the address, and so another one.</param>
    /// <param name="port">Which name the port.</param>
    public static string For(EndpointUnavailableException unavailable, string address, string port) =>
        (unavailable.InnerException as SocketException)?.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse =>
                $"end what listens there ({Starting.WhoListens(unavailable.Endpoint.Port)}), or choose another port with {port}",
            SocketError.AddressNotAvailable =>
                $"name an address that this machine has (`ip address` lists them) with {address}{(address == ClusterGroup.Advertise.Option ? "" : ", or * for all of them")}",
            SocketError.AccessDenied => Privileged(port),
            SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain =>
                $"name an address of this machine with {address}, or a name that leads to one (`getent hosts {unavailable.Endpoint.Host}` shows where it leads)",
            _ => $"choose another address with {address}",
        };

    private static string Privileged(string port)
    {
        var least = File.Exists(FirstFree) && int.TryParse(File.ReadAllText(FirstFree), CultureInfo.InvariantCulture, out var first)
            ? first
            : UsualFirstFree;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"ports below {least} are for privileged users: choose one from {least} on with {port}, or let {Environment.UserName} have it "
            + $"(systemd: AmbientCapabilities=CAP_NET_BIND_SERVICE)");
    }
}
