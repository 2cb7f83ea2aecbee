using Snakepit.Serving.Access;

namespace Snakepit.Serving.Settings.Groups;

/// <summary>Who may call.</summary>
public static class AccessGroup
{
    public static Setting<string> Access { get; } = new(
        "access", SettingKinds.Path("FILE"), "",
        "JSON file that says who may call and what each may do; read again when it changes; without it everyone may do everything");

    public static Setting<string> PeerTokenFile { get; } = new(
        "peer-token-file", SettingKinds.Path("FILE"), "",
        "file of secrets, one a line, that the gateways of the cluster show each other: the first is shown, each is taken");

    public static IReadOnlyList<Setting> All { get; } = [Access];

    /// <summary>Of a gateway.</summary>
    public static IReadOnlyList<Setting> OfGateways { get; } = [Access, PeerTokenFile];

    public static AccessSettings SettingsFrom(SettingValues values) => new()
    {
        File = values.Of(Access) is { Length: > 0 } file ? file : null,
        PeerTokenFile = values.Of(PeerTokenFile) is { Length: > 0 } peers ? peers : null,
        Reachable = TlsGroup.RequiresClients(values) ? null : Exposure.Reachable(values, ListenGroup.Listen),
        AllowsAnyone = values.Of(ListenGroup.Insecure),
    };
}
