using Snakepit.Serving.CommandLine;
using Snakepit.Transport;

namespace Snakepit.Serving.Settings.Groups;

/// <summary>TLS on what a process listens on for clients, and on its admin address.</summary>
public static class TlsGroup
{
    public static Setting<string> Certificate { get; } = new(
        "tls-cert", SettingKinds.Path("FILE"), "",
        "serve by TLS: PEM file with the server's certificate, behind it those that lead to its authority; read again when it changes");

    public static Setting<string> Key { get; } = new(
        "tls-key", SettingKinds.Path("FILE"), "", "PEM file with the certificate's key, not encrypted");

    public static Setting<string> ClientAuthorities { get; } = new(
        "tls-client-ca", SettingKinds.Path("FILE"), "",
        "PEM file with the authorities of the clients' certificates: clients are asked for one, and no other authority is believed");

    public static Setting<ClientCertificates> ClientAuthentication { get; } = new(
        "tls-client-auth",
        SettingKinds.OneOf(
            "required|optional", ("required", ClientCertificates.Required), ("optional", ClientCertificates.Optional)),
        ClientCertificates.Required,
        "whether a client must have a certificate; one that it has must be valid");

    public static Setting<bool> CleartextLoopback { get; } = new(
        "cleartext-loopback", SettingKinds.Switch, false,
        "no TLS on addresses that only this machine reaches, as for workers that do not speak it; who calls there is asked for no certificate");

    public static IReadOnlyList<Setting> All { get; } = [Certificate, Key, ClientAuthorities, ClientAuthentication, CleartextLoopback];

    public static bool IsOn(SettingValues values) => values.Of(Certificate).Length > 0;

    /// <summary>Whether who calls must show a certificate.</summary>
    public static bool RequiresClients(SettingValues values) => IsOn(values)
        && values.Of(ClientAuthorities).Length > 0
        && values.Of(ClientAuthentication) == ClientCertificates.Required;

    /// <summary>Null = cleartext.</summary>
    /// <exception cref="MistakeException">A part of it is missing.</exception>
    public static ServerTlsOptions? OptionsFrom(SettingValues values)
    {
        var files = TlsSettings.FilesFrom(values, Certificate, Key, ClientAuthorities);
        if (files.Certificate is null && files.Authorities is not null)
        {
            throw new MistakeException($"{ClientAuthorities.Option} needs {Certificate.Option}: clients show certificates by TLS only");
        }

        return files.Certificate is null
            ? null
            : new ServerTlsOptions(
                files,
                files.Authorities is null ? ClientCertificates.Unasked : values.Of(ClientAuthentication),
                values.Of(CleartextLoopback));
    }
}
