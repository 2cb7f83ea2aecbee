namespace Snakepit.Serving.Settings.Groups;

/// <summary>On which ports the others of its cluster find a silo, and what else runs in its process.</summary>
public static class SiloGroup
{
    public static Setting<int> SiloPort { get; } = new(
        "silo-port", SettingKinds.Port, 11111, "port for other silos");

    public static Setting<int> ClientPort { get; } = new(
        "client-port", SettingKinds.Port, 30000, "port for gateways");

    public static Setting<bool> WithGateway { get; } = new(
        "with-gateway", SettingKinds.Switch, false, "serve gRPC in this process too, on --listen and --port");

    public static Setting<bool> Memory { get; } = new(
        "memory", SettingKinds.Switch, false, "no database and no other silos: everything ends with the process; for development");

    public static IReadOnlyList<Setting> All { get; } = [SiloPort, ClientPort, WithGateway, Memory];
}
