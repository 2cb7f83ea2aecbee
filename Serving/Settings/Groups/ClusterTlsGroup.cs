using Snakepit.Serving.CommandLine;
using Snakepit.Transport;

namespace Snakepit.Serving.Settings.Groups;

/// <summary>TLS between the processes of a cluster: silos among themselves, and gateways with silos. All of it or none.</summary>
public static class ClusterTlsGroup
{
    public static Setting<string> Certificate { get; } = new(
        "cluster-tls-cert", SettingKinds.Path("FILE"), "",
        "encrypt what silos and gateways say to each other: PEM file with this process's certificate, for use as server and client; "
        + "read again when it changes");

    public static Setting<string> Key { get; } = new(
        "cluster-tls-key", SettingKinds.Path("FILE"), "", "PEM file with its key, not encrypted");

    public static Setting<string> Authorities { get; } = new(
        "cluster-tls-ca", SettingKinds.Path("FILE"), "",
        "PEM file with the cluster's own authority: whoever has a certificate of it can be a silo or a gateway, and nobody else");

    public static IReadOnlyList<Setting> All { get; } = [Certificate, Key, Authorities];

    public static bool IsOn(SettingValues values) => values.Of(Certificate).Length > 0;

    /// <summary>Null = cleartext.</summary>
    /// <exception cref="MistakeException">A part of it is missing.</exception>
    public static TlsFiles? FilesFrom(SettingValues values)
    {
        var files = TlsSettings.FilesFrom(values, Certificate, Key, Authorities);
        if ((files.Certificate is null) != (files.Authorities is null))
        {
            throw new MistakeException(
                files.Authorities is null
                    ? $"{Certificate.Option} needs {Authorities.Option}: without it anybody's certificate would do"
                    : $"{Authorities.Option} needs {Certificate.Option}: the others would not let this process in");
        }

        return files.Certificate is null ? null : files;
    }
}
