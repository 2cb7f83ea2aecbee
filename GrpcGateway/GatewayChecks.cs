using System.Net;
using Snakepit.Serving.Doctor;
using Snakepit.Transport;

namespace Snakepit.GrpcGateway;

/// <summary>What a gateway needs to work beside others.</summary>
public static class GatewayChecks
{
    /// <summary>What is in the way of other gateways' calls for hosts of tools that are attached to this one.</summary>
    public static IEnumerable<Finding> OfPeers(GatewayServerOptions options)
    {
        if (options.Access is { File: not null, PeerTokenFile: null })
        {
            yield return Finding.Doubtful(
                "gateways", "there is an access file and no secret that gateways show each other", "with more than one gateway, name a file of it with --peer-token-file");
        }

        if (!IPAddress.IsLoopback(options.Advertise) && options.Endpoints.All(IsLoopback))
        {
            yield return Finding.Doubtful(
                "gateways",
                $"the others are told {options.Advertise}, and it listens on {string.Join(", ", options.Endpoints)} only",
                "listen there too (--listen): else hosts of tools that attach here are called by nobody else");
        }

        if (IPAddress.IsLoopback(options.Advertise) && !options.Endpoints.All(IsLoopback))
        {
            yield return Finding.Doubtful(
                "gateways",
                $"the others are told {options.Advertise}, where those on other machines reach themselves",
                "with more than one gateway, name this machine's address in their network with --advertise");
        }
    }

    private static bool IsLoopback(GrpcEndpoint endpoint) =>
        endpoint.Host == "localhost" || (IPAddress.TryParse(endpoint.Host, out var address) && IPAddress.IsLoopback(address));
}
