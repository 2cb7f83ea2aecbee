using Snakepit.Serving.Settings;

namespace Snakepit.Sidecar.Client;

/// <summary>What every command that calls a server can be told, on the command line and in the environment.</summary>
internal static class ClientSettings
{
    public static Setting<string> Server { get; } = new(
        "server",
        new SettingKind<string>(
            "HOST:PORT",
            static () => "HOST:PORT",
            (string text, out string value) => ListenAddress.Parse(value = text) is { Port: > 0, Host: not "*" },
            value => value),
        "localhost:50051",
        "the server to call")
    {
        IsInFile = false,
    };

    public static Setting<TimeSpan> Timeout { get; } = new(
        "timeout", SettingKinds.Interval, TimeSpan.FromSeconds(30), "time for each call; a watch has no such end")
    {
        IsInFile = false,
    };

    public static IReadOnlyList<Setting> All { get; } = [Server, Timeout, .. ClientSecurity.All];
}
