using Grpc.Core;
using Snakepit.Transport;

namespace Snakepit.GrpcGateway.Rpc;

/// <summary>Hands the status of a call to Grpc.AspNetCore, which has the last word on headers and trailers.</summary>
internal static class CallStatus
{
    /// <summary>Completes when the handler has ended and Grpc.AspNetCore may send what it came to.</summary>
    public static Task HandOverAsync(Task handling, ServerCall call, ServerCallContext server) =>
        handling.IsCompletedSuccessfully ? HandOver(call, server) : AwaitAsync(handling, call, server);

    private static async Task AwaitAsync(Task handling, ServerCall call, ServerCallContext server)
    {
        await handling;
        await HandOver(call, server);
    }

    private static Task HandOver(ServerCall call, ServerCallContext server)
    {
        // Without one the deadline has ended the call, and has sent its own.
        if (call.Status is not { } status)
        {
            return Task.CompletedTask;
        }

        if (!status.IsOk)
        {
            server.Status = new Status((StatusCode)(int)status.Code, StatusMessage.Fit(status.Message));
        }

        // It puts the status into the headers where they have not been sent. That is for refusals alone.
        return status.IsOk || call.HasWritten ? call.Http.ResponseBody.StartAsync() : Task.CompletedTask;
    }
}
