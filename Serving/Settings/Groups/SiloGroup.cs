using System.Net;
using Snakepit.Serving.CommandLine;

namespace Snakepit.Serving.Settings.Groups;

/// <summary>Where a silo is found by the others of its cluster, and what else runs in its process.</summary>
public static class SiloGroup
{
    public static Setting<string> Advertise { get; } = new(
        "advertise", SettingKinds.Text("ADDRESS"), "127.0.0.1", "IP address by which the cluster's other processes reach this silo");

    public static Setting<int> SiloPort { get; } = new(
        "silo-port", SettingKinds.Port, 11111, "port for other silos");

    public static Setting<int> ClientPort { get; } = new(
        "client-port", SettingKinds.Port, 30000, "port for gateways");

    public static Setting<bool> WithGateway { get; } = new(
        "with-gateway", SettingKinds.Switch, false, "serve gRPC in this process too, on --listen and --port");

    public static Setting<bool> Memory { get; } = new(
        "memory", SettingKinds.Switch, false, "no database and no other silos: everything ends with the process; for development");

    public static IReadOnlyList<Setting> All { get; } = [Advertise, SiloPort, ClientPort, WithGateway, Memory];

    /// <exception cref="MistakeException">It is no address, or other machines could connect and nobody said that this is meant.</exception>
    public static IPAddress AddressFrom(SettingValues values)
    {
        if (!IPAddress.TryParse(values.Of(Advertise), out var address))
        {
            throw new MistakeException($"{Advertise.Option}: '{values.Of(Advertise)}' is not an IP address");
        }

        return IPAddress.IsLoopback(address) || values.Of(ListenGroup.Insecure)
            ? address
            : throw new MistakeException(
                $"{Advertise.Option} {address}: other machines could reach the silo, and nothing is encrypted; "
                + $"say {ListenGroup.Insecure.Option} if that is meant");
    }
}
