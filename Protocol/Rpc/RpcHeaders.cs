namespace Snakepit.Protocol.Rpc;

/// <summary>Metadata of this product's own, by name.</summary>
public static class RpcHeaders
{
    /// <summary>The same for all calls that one request caused, whoever made it up.</summary>
    public const string Correlation = "x-snakepit-correlation-id";
}
