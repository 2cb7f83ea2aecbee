using Snakepit.Protocol.Access;

namespace Snakepit.Protocol.Rpc;

/// <summary>One call as its handler sees it. Valid until the handler has answered, not after.</summary>
public abstract class RpcCall
{
    /// <summary>The caller's address, `ipv4:127.0.0.1:50123` in gRPC's notation.</summary>
    public abstract string Peer { get; }

    /// <summary>Who makes the call.</summary>
    public virtual Principal Principal => Principal.Unrestricted;

    /// <summary>Time left when the call arrived; null = the caller set no deadline.</summary>
    public abstract TimeSpan? Timeout { get; }

    /// <summary>Fires when the caller has gone or cancelled, or its deadline has passed.</summary>
    public abstract CancellationToken Cancellation { get; }

    /// <summary>A metadata entry of the request; null where absent. <paramref name="name"/> in lower case.</summary>
    public abstract string? Header(string name);

    /// <summary>Adds a metadata entry to the response headers. Throws once they have been sent.</summary>
    public abstract void SetHeader(string name, string value);

    /// <summary>Adds a metadata entry to the trailers, which go out with the status.</summary>
    public abstract void SetTrailer(string name, string value);
}
