using Snakepit.Serving.CommandLine;
using Snakepit.Transport;

namespace Snakepit.Serving.Settings.Groups;

/// <summary>Where calls are taken, and how large they may be.</summary>
public static class ListenGroup
{
    public static Setting<int> Port { get; } = new(
        "port", SettingKinds.Port, 50051, "port to listen on; 0 = any free one, told on stdout");

    public static Setting<IReadOnlyList<ListenAddress>> Listen { get; } = new(
        "listen", SettingKinds.Addresses, [new ListenAddress("localhost", Port: null)],
        "address to listen on, with a port of its own if given; localhost = 127.0.0.1 and ::1, * = every address; repeatable")
    {
        IsRepeatable = true,
    };

    public static Setting<bool> Insecure { get; } = new(
        "insecure", SettingKinds.Switch, false,
        "serve other machines too, even where nothing is encrypted or nobody is asked who they are");

    public static Setting<int> MaxMessageBytes { get; } = new(
        "max-message-bytes", SettingKinds.Size, new GrpcServerOptions().MaxReceiveMessageSize,
        "size of one request, after decompression too");

    public static IReadOnlyList<Setting> All { get; } = [Port, Listen, Insecure, MaxMessageBytes];

    /// <exception cref="MistakeException">Other machines could connect, and nobody said that this is meant.</exception>
    public static IReadOnlyList<GrpcEndpoint> EndpointsFrom(SettingValues values)
    {
        Exposure.Check(values, Listen);
        return [.. values.Of(Listen).Select(address => address.EndpointOn(values.Of(Port)))];
    }
}
