using Snakepit.Protocol.Rpc;

namespace Snakepit.Tests.Cluster.Processes;

/// <summary>A call or a watch that a gateway ended with UNAVAILABLE, or that it took down with itself.</summary>
internal sealed record FailedCall(Member Gateway, RpcException Failure)
{
    public override string ToString() => $"{Gateway.Name}: {Failure.Status}";
}
