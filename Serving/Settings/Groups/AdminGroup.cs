using Snakepit.Transport;

namespace Snakepit.Serving.Settings.Groups;

/// <summary>Where probes are answered.</summary>
public static class AdminGroup
{
    public static Setting<IReadOnlyList<ListenAddress>> Admin { get; } = new(
        "admin", SettingKinds.Addresses, [],
        "address with a port that answers /healthz and /readyz over HTTP/1.1; it says nothing that others must not know");

    public static IReadOnlyList<Setting> All { get; } = [Admin];

    /// <summary>Null = nowhere.</summary>
    public static GrpcEndpoint? EndpointFrom(SettingValues values) => values.Of(Admin) is [var address, ..] ? address.EndpointOn(0) : null;
}
