namespace Snakepit.Protocol.Rpc;

/// <summary>Metadata of this product's own, by name.</summary>
public static class RpcHeaders
{
    /// <summary>The same for all calls that one request caused, whoever made it up.</summary>
    public const string Correlation = "x-snakepit-correlation-id";

    /// <summary>How many servers have sent a call on to one that they took for a worker. No worker calls so.</summary>
    public const string Hops = "x-snakepit-hops";

    /// <summary>Of a gateway's call to another: the host, attached there, that the call is for.</summary>
    public const string ToolHost = "x-snakepit-tool-host";

    /// <summary>With <see cref="ToolHost"/>: the tenant whose host that is, as in a URL; absent for the one without a name.</summary>
    public const string Tenant = "x-snakepit-tenant";

    /// <summary>Who calls: `Bearer`, a space, a token.</summary>
    public const string Authorization = "authorization";

    /// <summary>Milliseconds after which a refused call may be made again, in the trailers: gRPC's own name.</summary>
    public const string RetryPushback = "grpc-retry-pushback-ms";
}
