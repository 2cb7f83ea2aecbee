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

    public static Setting<int> MaxConnections { get; } = new(
        "max-connections", SettingKinds.Count, ServerCapacity.Default.Connections,
        "connections of clients open at once; one more is closed as soon as it opens");

    public static Setting<long> MaxIncompleteBytes { get; } = new(
        "max-incomplete-bytes", SettingKinds.LargeSize, ServerCapacity.Default.IncompleteBytes,
        "size of all requests that are not all there yet, together; a call that would go beyond is refused. "
        + "At least that of one request");

    public static IReadOnlyList<Setting> All { get; } = [Port, Listen, Insecure, MaxMessageBytes, MaxConnections, MaxIncompleteBytes];

    public static ServerCapacity CapacityFrom(SettingValues values) => new()
    {
        Connections = values.Of(MaxConnections),
        IncompleteBytes = values.Of(MaxIncompleteBytes),
    };

    /// <exception cref="MistakeException">Other machines could connect, and nobody said that this is meant.</exception>
    public static IReadOnlyList<GrpcEndpoint> EndpointsFrom(SettingValues values)
    {
        Exposure.Check(values, Listen);
        return [.. values.Of(Listen).Select(address => address.EndpointOn(values.Of(Port)))];
    }
}
