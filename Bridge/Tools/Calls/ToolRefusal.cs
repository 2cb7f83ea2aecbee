using Snakepit.Protocol.Rpc;

namespace Snakepit.Bridge.Tools.Calls;

/// <summary>Why a call of a tool has no answer of the tool's own.</summary>
/// <param name="Status">What a stream ends with, and any call that <paramref name="InBody"/> does not hold for.</param>
/// <param name="InBody">Whether a call with one answer tells it there, as success=false, and ends with OK.</param>
internal sealed record ToolRefusal(RpcStatus Status, bool InBody)
{
    /// <summary>As the body's error message.</summary>
    public string Text => Status.Code == RpcCode.NotFound ? Status.Message : $"{Status.Code.Name()}: {Status.Message}";

    public static ToolRefusal NotFound(string message) => new(new RpcStatus(RpcCode.NotFound, message), InBody: true);

    public static ToolRefusal Unreachable(string tool, string reason) =>
        new(new RpcStatus(RpcCode.Unavailable, $"no host of tool {tool} is reachable: {reason}"), InBody: true);

    public static ToolRefusal Of(RpcCode code, string message) => new(new RpcStatus(code, message), InBody: false);

    /// <summary>The deadline's, and that of a limit, concern the caller; all else is how the host ended the call.</summary>
    public static ToolRefusal Of(RpcException failure) => new(
        failure.Status,
        InBody: !(failure.NeverSent && failure.Status.Code == RpcCode.ResourceExhausted));
}
