using Snakepit.Protocol.Rpc;
using Snakepit.Sessions;

namespace Snakepit.Bridge;

/// <summary>The one place where errors of the domain become status codes of gRPC.</summary>
public static class ErrorStatus
{
    public static RpcStatus ToStatus(this Refusal refusal) => new(CodeOf(refusal.Kind), refusal.Message);

    private static RpcCode CodeOf(RefusalKind kind) => kind switch
    {
        RefusalKind.Invalid => RpcCode.InvalidArgument,
        RefusalKind.NotFound => RpcCode.NotFound,
        RefusalKind.AlreadyExists => RpcCode.AlreadyExists,
        RefusalKind.Conflict => RpcCode.Aborted,
        RefusalKind.Precondition => RpcCode.FailedPrecondition,
        RefusalKind.Exhausted => RpcCode.ResourceExhausted,
        RefusalKind.Denied => RpcCode.PermissionDenied,
        RefusalKind.Unavailable => RpcCode.Unavailable,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "This kind of refusal has no status."),
    };
}
