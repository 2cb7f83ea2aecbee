using Snakepit.Grains;
using Snakepit.Serving.CommandLine;
using Snakepit.Serving.Settings;
using Snakepit.Serving.Settings.Groups;

namespace Snakepit.GrpcGateway;

/// <summary>Everything that can be set on a gateway, and what it means.</summary>
public static class GatewaySettings
{
    public static IReadOnlyList<Setting> All { get; } =
    [
        .. ListenGroup.All, .. TlsGroup.All, .. AccessGroup.OfGateways,
        .. ClusterGroup.All, .. ClusterTlsGroup.All, .. GatewayTlsGroup.All, .. AdminGroup.All, .. TelemetryGroup.All,
        .. WatchGroup.All, .. CalculatorGroup.All, .. LimitGroup.All,
        .. LogGroup.All, .. ConfigGroup.All,
    ];

    /// <summary>All but the database, which a silo in the same process has.</summary>
    /// <exception cref="MistakeException">Settings contradict each other, or one is too dangerous alone.</exception>
    public static GatewayServerOptions OptionsFrom(SettingValues values) => new()
    {
        ClusterId = values.Of(ClusterGroup.ClusterId),
        Endpoints = ListenGroup.EndpointsFrom(values),
        Tls = TlsGroup.OptionsFrom(values),
        Peers = GatewayTlsGroup.PeersFrom(values),
        ClusterTls = ClusterTlsGroup.FilesFrom(values),
        Advertise = ClusterGroup.AdvertisedFrom(values),
        Admin = AdminGroup.OptionsFrom(values),
        Access = AccessGroup.SettingsFrom(values),
        Telemetry = TelemetryGroup.OptionsFrom(values),
        Limits = LimitGroup.LimitsFrom(values),
        Watches = WatchGroup.SettingsFrom(values),
        Calculator = CalculatorGroup.LimitsFrom(values),
        Streams = StreamsFrom(values),
        MaxReceiveMessageSize = values.Of(ListenGroup.MaxMessageBytes),
        Capacity = ListenGroup.CapacityFrom(values),
    };

    /// <summary>Of a gateway in a process of its own.</summary>
    /// <exception cref="MistakeException">As above, or there is no database.</exception>
    public static GatewayServerOptions WithDatabaseFrom(SettingValues values) =>
        OptionsFrom(values) with { Database = ClusterGroup.DatabaseFrom(values) };

    public static ChangeStreamOptions StreamsFrom(SettingValues values) => new()
    {
        Queues = values.Of(ClusterGroup.StreamQueues),
        PollPeriod = values.Of(ClusterGroup.StreamPoll),
    };
}
