using System.Net;
using Snakepit.Transport;

namespace Snakepit.Sidecar.Settings;

/// <summary>A host to listen on; null as <paramref name="Port"/> = the server's port.</summary>
internal sealed record ListenAddress(string Host, int? Port)
{
    /// <summary>
    /// Whether only programs on this machine can connect. A name is believed to be this machine's alone only
    /// if it is `localhost`.
    /// </summary>
    public bool IsLoopback => Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(Host, out var address) && IPAddress.IsLoopback(address));

    /// <summary>`HOST`, `HOST:PORT`, `::1`, `[::1]`, `[::1]:PORT`; null where the text is none of them.</summary>
    public static ListenAddress? Parse(string text)
    {
        if (IPAddress.TryParse(text, out _))
        {
            return new ListenAddress(text.Trim('[', ']'), Port: null);
        }

        var colon = text.LastIndexOf(':');
        var host = colon < 0 ? text : text[..colon];
        int? port = null;
        if (colon >= 0)
        {
            if (!SettingKinds.Port.TryParse(text[(colon + 1)..], out var number))
            {
                return null;
            }

            port = number;
        }

        if (host.StartsWith('[') && host.EndsWith(']'))
        {
            host = host[1..^1];
            return IPAddress.TryParse(host, out _) ? new ListenAddress(host, port) : null;
        }

        return host == "*" || Uri.CheckHostName(host) is UriHostNameType.Dns or UriHostNameType.IPv4
            ? new ListenAddress(host, port)
            : null;
    }

    public GrpcEndpoint EndpointOn(int port) => new(Host, Port ?? port);

    public override string ToString() => Port is { } port
        ? new GrpcEndpoint(Host, port).ToString()
        : Host;
}
