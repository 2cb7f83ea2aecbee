using Snakepit.Protocol.Rpc;
using Snakepit.Serving.CommandLine;

namespace Snakepit.Sidecar.Client;

/// <summary>A call's failure as the one line and the exit code of a command.</summary>
internal static class RpcFailure
{
    public static MistakeException ToMistake(this RpcException failure) => new(
        $"{failure.Status.Code.Name()}: {failure.Status.Message.ReplaceLineEndings(" ")}",
        IsUnreachable(failure) ? ExitCode.Unreachable : ExitCode.Refused);

    /// <summary>Another try can succeed without any change.</summary>
    public static bool IsUnreachable(RpcException failure) =>
        failure.Status.Code is RpcCode.Unavailable or RpcCode.DeadlineExceeded;

    /// <summary>Where a response says in its body that it failed.</summary>
    public static void Require(bool success, string error)
    {
        if (!success)
        {
            throw new MistakeException(error.ReplaceLineEndings(" "), ExitCode.Refused);
        }
    }
}
