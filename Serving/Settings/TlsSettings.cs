using Snakepit.Serving.CommandLine;
using Snakepit.Transport;

namespace Snakepit.Serving.Settings;

/// <summary>What settings that name certificates mean.</summary>
public static class TlsSettings
{
    /// <summary>The files by their full paths: a process may change its folder, and certificates are read again.</summary>
    /// <exception cref="MistakeException">There is a certificate without a key, or a key without a certificate.</exception>
    public static TlsFiles FilesFrom(SettingValues values, Setting<string> certificate, Setting<string> key, Setting<string> authorities)
    {
        var files = new TlsFiles(PathOf(values, certificate), PathOf(values, key), PathOf(values, authorities));
        return (files.Certificate, files.Key) switch
        {
            (not null, null) => throw new MistakeException($"{certificate.Option} needs {key.Option}"),
            (null, not null) => throw new MistakeException($"{key.Option} needs {certificate.Option}"),
            _ => files,
        };
    }

    private static string? PathOf(SettingValues values, Setting<string> setting) =>
        values.Of(setting) is { Length: > 0 } path ? Path.GetFullPath(path) : null;
}
