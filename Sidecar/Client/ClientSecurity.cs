using Microsoft.Extensions.Logging.Abstractions;
using Snakepit.Serving.CommandLine;
using Snakepit.Serving.Settings;
using Snakepit.Transport;

namespace Snakepit.Sidecar.Client;

/// <summary>How a command that calls a server is encrypted, and says who calls.</summary>
internal static class ClientSecurity
{
    public static Setting<bool> Tls { get; } = new(
        "tls", SettingKinds.Switch, false, "call the server by TLS; any other option of TLS says so too")
    {
        IsInFile = false,
    };

    public static Setting<string> Authorities { get; } = new(
        "tls-ca", SettingKinds.Path("FILE"), "", "PEM file with the authorities that the server's certificate may be of; without it those of the system")
    {
        IsInFile = false,
    };

    public static Setting<string> ServerName { get; } = new(
        "tls-server-name", SettingKinds.Text("NAME"), "", "name that the server's certificate has, where it is not the host of --server")
    {
        IsInFile = false,
    };

    public static Setting<string> Certificate { get; } = new(
        "tls-client-cert", SettingKinds.Path("FILE"), "", "PEM file with the certificate that is shown to a server that asks for one")
    {
        IsInFile = false,
    };

    public static Setting<string> Key { get; } = new(
        "tls-client-key", SettingKinds.Path("FILE"), "", "PEM file with its key, not encrypted")
    {
        IsInFile = false,
    };

    public static Setting<string> Token { get; } = new(
        "token", SettingKinds.Text("TOKEN"), "", "the token that tells the server who calls")
    {
        IsInFile = false,
        IsSecret = true,
    };

    public static Setting<string> TokenFile { get; } = new(
        "token-file", SettingKinds.Path("FILE"), "", "file with the token that tells the server who calls; the variable SNAKEPIT_TOKEN can hold it too")
    {
        IsInFile = false,
    };

    public static Setting<bool> Insecure { get; } = new(
        "insecure-token", SettingKinds.Switch, false, "send the token though nothing is encrypted")
    {
        IsInFile = false,
    };

    public static IReadOnlyList<Setting> All { get; } =
        [Tls, Authorities, ServerName, Certificate, Key, Token, TokenFile, Insecure];

    /// <exception cref="MistakeException">Certificates or the token cannot be used, or the token would be for everyone to read.</exception>
    public static RpcChannelOptions OptionsFrom(SettingValues values, string server)
    {
        var files = TlsSettings.FilesFrom(values, Certificate, Key, Authorities);
        var name = values.Of(ServerName) is { Length: > 0 } given ? given : null;
        var usesTls = values.Of(Tls) || files.Certificate is not null || files.Authorities is not null || name is not null;
        var token = TokenFrom(values);
        if (token is not null && !usesTls && !values.Of(Insecure) && ListenAddress.Parse(server) is not { IsLoopback: true })
        {
            throw new MistakeException(
                $"the token would go to {server} in cleartext: say {Tls.Option}, or {Insecure.Option} if that is meant");
        }

        try
        {
            return new RpcChannelOptions
            {
                Tls = usesTls ? new ClientTls(new TlsCredentials(files, TimeProvider.System, NullLogger.Instance), name) : null,
                Token = token is null ? null : () => token,
            };
        }
        catch (TlsFileException unusable)
        {
            throw new MistakeException(unusable.Message);
        }
    }

    // The command line is stronger than the environment.
    private static string? TokenFrom(SettingValues values)
    {
        var (file, token) = (values.Of(TokenFile), values.Of(Token).Trim());
        if (file.Length == 0 || (token.Length > 0 && values.SourceOf(Token) > values.SourceOf(TokenFile)))
        {
            return token.Length == 0 ? null : Checked(token, Token.Variable);
        }

        try
        {
            return Checked(File.ReadAllText(file).Trim(), file);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new MistakeException($"{TokenFile.Option}: {unreadable.Message}");
        }
    }

    // What a header cannot hold would come out as another token, or as another header.
    private static string Checked(string token, string place) => token.Length > 0 && token.All(static character => character is > ' ' and <= '~')
        ? token
        : throw new MistakeException($"{place} holds no token: it must be one word of printable ASCII");
}
