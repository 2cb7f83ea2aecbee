using Snakepit.Protocol.Rpc;

namespace Snakepit.Transport;

/// <summary>An entry of the method table, ready to be called.</summary>
internal abstract class BoundMethod(RpcMethod method)
{
    public RpcMethod Method { get; } = method;

    /// <summary>Null where nobody wants to see its calls.</summary>
    public IMethodObserver? Observer { get; init; }

    /// <summary>
    /// Runs a call from its first byte to its status. Completes when the handler has ended, which may be
    /// after the caller had its status. Kestrel sends what is buffered then.
    /// </summary>
    public abstract Task InvokeAsync(ServerCall call);
}
