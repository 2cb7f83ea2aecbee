using System.Net;
using Snakepit.Transport;

namespace Snakepit.Serving.Settings;

/// <summary>A host to listen on; null as <paramref name="Port"/> = the server's port.</summary>
public sealed record ListenAddress(string Host, int? Port)
{
    /// <summary>
    /// Whether only programs on this machine can connect. A name is believed to be this machine's alone only
    /// if it is `localhost`.
    /// </summary>
    public bool IsLoopback => Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(Host, out var address) && IPAddress.IsLoopback(address));

    /// <summary>
    /// `HOST`, `HOST:PORT`, `::1`, `[::1]`, `[::1]:PORT`; null where the text is none of them. A lone number
    /// is none either: it would be an address by its letter, and a port by its meaning.
    /// </summary>
    public static ListenAddress? Parse(string text)
    {
        var colon = text.LastIndexOf(':');
        var hasPort = colon >= 0
            && (text.StartsWith('[') ? text[colon - 1] == ']' : text.IndexOf(':', StringComparison.Ordinal) == colon);
        int? port = null;
        if (hasPort)
        {
            if (!SettingKinds.Port.TryParse(text[(colon + 1)..], out var number))
            {
                return null;
            }

            port = number;
        }

        var host = hasPort ? text[..colon] : text;
        return host == "*" || IsHost(host) ? new ListenAddress(host.Trim('[', ']'), port) : null;
    }

    public GrpcEndpoint EndpointOn(int port) => new(Host, Port ?? port);

    public override string ToString() => Port is { } port
        ? new GrpcEndpoint(Host, port).ToString()
        : Host;

    private static bool IsHost(string text) => !text.All(char.IsAsciiDigit)
        && Uri.CheckHostName(text) is UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6;
}
