namespace Snakepit.Serving.Settings.Groups;

/// <summary>How a gateway that serves TLS calls the other gateways, which do so too.</summary>
public static class GatewayTlsGroup
{
    public static Setting<string> Authorities { get; } = new(
        "gateway-tls-ca", SettingKinds.Path("FILE"), "",
        "PEM file with the authorities of the other gateways' certificates, where gateways serve TLS; without it those of the system. "
        + "A gateway shows the others the certificate of --tls-cert");

    public static Setting<string> Name { get; } = new(
        "gateway-tls-name", SettingKinds.Text("NAME"), "",
        "name that the certificates of the other gateways have; without it the address they advertise");

    public static IReadOnlyList<Setting> All { get; } = [Authorities, Name];

    /// <summary>Null where nothing is served by TLS.</summary>
    public static GatewayPeers? PeersFrom(SettingValues values)
    {
        var files = TlsSettings.FilesFrom(values, TlsGroup.Certificate, TlsGroup.Key, Authorities);
        return files.Certificate is null ? null : new GatewayPeers(files, values.Of(Name) is { Length: > 0 } name ? name : null);
    }
}
