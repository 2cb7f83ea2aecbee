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

    /// <summary>What the product's clients are told in the environment, and what a server's parent tells it.</summary>
    private static readonly string[] OfOthers =
    [
        "server", "timeout", "token", "tls", "tls-ca", "tls-client-cert", "tls-client-key", "tls-server-name", "ready-file", "bin",
    ];

    private static readonly IReadOnlyList<IReadOnlyList<Setting>> Groups =
    [
        ListenGroup.All, TlsGroup.All, AccessGroup.OfGateways,
        SessionGroup.All, LimitGroup.All, HostGroup.All, CalculatorGroup.All, WatchGroup.All,
        ClusterGroup.All, ClusterTlsGroup.All, GatewayTlsGroup.All, SiloGroup.All, AdminGroup.All, TelemetryGroup.All, LogGroup.All, ConfigGroup.All,
    ];

    /// <summary>The names that an entry of a file may have.</summary>
    public static IEnumerable<string> InFiles => OfTheSidecar.Concat(
        Groups.SelectMany(static group => group).Where(static setting => setting.IsInFile).Select(static setting => setting.Name));

    /// <summary>Whether something of the product is told by that variable of the environment.</summary>
    public static bool HasVariable(string name) =>
        OfTheSidecar.Concat(OfOthers).Any(known => name == Setting.VariableOf(known))
        || Groups.Any(group => group.Any(setting => setting.Variable == name));

    /// <summary>Whether a file may have an entry of that name.</summary>
    public static bool Has(string name) => InFiles.Contains(name);
}
