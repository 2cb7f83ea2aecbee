namespace Snakepit.Protocol.Rpc;

/// <summary>What a unary handler answers: a message, or the status that refuses it. No exception either way.</summary>
public readonly struct RpcResult<T>
    where T : class
{
    private RpcResult(T? message, RpcStatus status)
    {
        Message = message;
        Status = status;
    }

    /// <summary>The answer; null exactly when <see cref="Status"/> is not OK.</summary>
    public T? Message { get; }

    public RpcStatus Status { get; }

    public static implicit operator RpcResult<T>(T message) => new(message, RpcStatus.Ok);

    public static implicit operator RpcResult<T>(RpcStatus status) => new(null, status);
}
