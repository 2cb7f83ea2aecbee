using Snakepit.GrpcGateway;
using Snakepit.Serving.CommandLine;
using Snakepit.Serving.Settings;
using Snakepit.Serving.Settings.Groups;

namespace Snakepit.Silo;

/// <summary>Everything that can be set on a silo, and what it means.</summary>
internal static class SiloSettings
{
    public static IReadOnlyList<Setting> All { get; } =
    [
        .. SiloGroup.All, .. ClusterGroup.All, .. ClusterTlsGroup.All, .. AdminGroup.All, .. TelemetryGroup.All,
        .. ListenGroup.All, .. TlsGroup.All, .. GatewayTlsGroup.All,
        .. SessionGroup.All, .. HostGroup.All, .. WatchGroup.All, .. CalculatorGroup.All, .. LimitGroup.All,
        .. LogGroup.All, .. ConfigGroup.All,
    ];

    /// <exception cref="MistakeException">Settings contradict each other, or one is missing or too dangerous alone.</exception>
    public static SiloOptions OptionsFrom(SettingValues values)
    {
        var inMemory = values.Of(SiloGroup.Memory);
        var withGateway = values.Of(SiloGroup.WithGateway);
        return new SiloOptions
        {
            Database = inMemory ? null : ClusterGroup.DatabaseFrom(values),
            ClusterId = values.Of(ClusterGroup.ClusterId),
            Address = ClusterGroup.AdvertisedFrom(values),
            SiloPort = values.Of(SiloGroup.SiloPort),
            ClientPort = values.Of(SiloGroup.ClientPort),
            ClusterTls = ClusterTlsGroup.FilesFrom(values),
            Tls = TlsGroup.OptionsFrom(values),
            Admin = AdminGroup.OptionsFrom(values),
            Telemetry = TelemetryGroup.OptionsFrom(values),
            Sessions = SessionGroup.SettingsFrom(values),
            Hosting = HostGroup.PolicyFrom(values),
            Calculator = CalculatorGroup.LimitsFrom(values),
            Streams = GatewaySettings.StreamsFrom(values),
            Gateway = withGateway ? GatewaySettings.OptionsFrom(values) with { Admin = null } : null,
        };
    }
}
