namespace Snakepit.Protocol.Rpc;

/// <summary>How a call ended.</summary>
/// <param name="Code">The status code.</param>
/// <param name="Message">What a person reads; empty when <paramref name="Code"/> is <see cref="RpcCode.Ok"/>.</param>
public sealed record RpcStatus(RpcCode Code, string Message)
{
    public static RpcStatus Ok { get; } = new(RpcCode.Ok, "");

    public bool IsOk => Code == RpcCode.Ok;
}
