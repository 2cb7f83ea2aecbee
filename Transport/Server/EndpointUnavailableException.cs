namespace Snakepit.Transport;

/// <summary>
/// A server cannot listen where it was told to: the port is in use, forbidden, or the address is not this
/// machine's. The message is one line for people and names address and port.
/// </summary>
public sealed class EndpointUnavailableException(GrpcEndpoint endpoint, string reason, Exception? cause = null)
    : Exception($"cannot listen on {endpoint}: {reason}", cause)
{
    public GrpcEndpoint Endpoint { get; } = endpoint;
}
