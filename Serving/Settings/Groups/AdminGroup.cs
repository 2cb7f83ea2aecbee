using Snakepit.Serving.CommandLine;
using Snakepit.Transport;

namespace Snakepit.Serving.Settings.Groups;

/// <summary>Where probes and scrapers are answered.</summary>
public static class AdminGroup
{
    public static Setting<IReadOnlyList<ListenAddress>> Admin { get; } = new(
        "admin", SettingKinds.Addresses, [],
        "address with a port that answers /healthz, /readyz and /metrics over HTTP/1.1; it names no session and shows no value");

    public static IReadOnlyList<Setting> All { get; } = [Admin];

    /// <summary>Null = nowhere.</summary>
    /// <exception cref="MistakeException">Other machines could connect, and nobody said that this is meant.</exception>
    public static GrpcEndpoint? EndpointFrom(SettingValues values)
    {
        Exposure.Check(values, Admin);
        return values.Of(Admin) is [var address, ..] ? address.EndpointOn(0) : null;
    }
}
