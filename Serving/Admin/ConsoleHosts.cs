using System.Net;
using Microsoft.AspNetCore.Http;

namespace Snakepit.Serving.Admin;

/// <summary>
/// By which names the console is to be reached. A page of elsewhere can make its own name mean this machine, and would
/// then be of one origin with the console; what it cannot do is to change the name that its requests carry.
/// </summary>
internal sealed class ConsoleHosts(AdminOptions options)
{
    private readonly HashSet<string> _names = new(
        [.. options.ConsoleHosts, options.Endpoint.Host, "localhost"], StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a request's Host is one of them, with any port: it may come by way of another. An address is no name.</summary>
    public bool Allow(string host)
    {
        var name = new HostString(host).Host.TrimEnd('.');
        return _names.Contains(name)
            || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
            || IPAddress.TryParse(name, out _);
    }

    /// <summary>Whether a request was made by a page of this very server, or by no page at all.</summary>
    /// <param name="host">The request's Host.</param>
    /// <param name="origin">Its Origin; empty = none.</param>
    /// <param name="site">Its Sec-Fetch-Site; empty = none.</param>
    public static bool IsOwnPage(string host, string origin, string site) =>
        site is "" or "same-origin" or "none"
        && (origin.Length == 0 || (Uri.TryCreate(origin, UriKind.Absolute, out var page) && IsSame(page, host)));

    // By authority alone: TLS may end before this server.
    private static bool IsSame(Uri page, string host)
    {
        var (own, port) = (new HostString(host), page.IsDefaultPort ? (int?)null : page.Port);
        return own.Host.Equals(page.Host, StringComparison.OrdinalIgnoreCase)
            && (own.Port == port || (port is null && own.Port == page.Port));
    }
}
