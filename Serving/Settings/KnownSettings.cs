using Snakepit.Serving.Settings.Groups;

namespace Snakepit.Serving.Settings;

/// <summary>
/// The names of all settings that some executable of the product reads from a file. One file configures them
/// all, so each passes over what is another's, and still finds what is nobody's.
/// </summary>
public static class KnownSettings
{
    /// <summary>Those of the sidecar alone.</summary>
    private static readonly string[] OfTheSidecar =
    [
        "data", "memory",
        "worker-command", "workers", "worker-adapter", "worker-env", "worker-affinity", "worker-calls",
        "worker-queue", "worker-queue-timeout", "worker-start-timeout", "worker-silence",
    ];

    private static readonly IReadOnlyList<IReadOnlyList<Setting>> Groups =
    [
        ListenGroup.All, TlsGroup.All, AccessGroup.OfGateways,
        SessionGroup.All, LimitGroup.All, HostGroup.All, CalculatorGroup.All, WatchGroup.All,
        ClusterGroup.All, ClusterTlsGroup.All, GatewayTlsGroup.All, SiloGroup.All, AdminGroup.All, TelemetryGroup.All, LogGroup.All, ConfigGroup.All,
    ];

    /// <summary>Whether a file may have an entry of that name.</summary>
    public static bool Has(string name) => OfTheSidecar.Contains(name)
        || Groups.Any(group => group.Any(setting => setting.Name == name && setting.IsInFile));
}
