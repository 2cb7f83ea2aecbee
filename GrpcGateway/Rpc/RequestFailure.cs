using Grpc.Core;
using Microsoft.AspNetCore.Connections;
using Snakepit.Protocol.Rpc;
using Snakepit.Transport;
using GrpcException = Grpc.Core.RpcException;
using RpcException = Snakepit.Protocol.Rpc.RpcException;

namespace Snakepit.GrpcGateway.Rpc;

/// <summary>
/// What it means that Grpc.AspNetCore could not read a request. It has an exception of its own for most of
/// what a caller can get wrong, and takes the rest for a bug of the handler.
/// </summary>
internal static class RequestFailure
{
    /// <summary>As our own code throws it.</summary>
    /// <param name="failure">What Grpc.AspNetCore threw.</param>
    /// <param name="limit">Bytes a message may have.</param>
    public static Exception Of(Exception failure, int limit) => failure switch
    {
        GrpcException refusal => Of(refusal.Status, limit),
        InvalidDataException => new RpcException(RpcCode.Internal, "bad framing: a message's first byte is neither 0 nor 1"),
        _ when IsTooLong(failure) => TooLarge(limit),
        IOException or ConnectionAbortedException or OperationCanceledException => new CallerGoneException(failure),
        _ => failure,
    };

    /// <summary>The same for the status that it ended a call with.</summary>
    public static Exception Of(Status status, int limit) => status switch
    {
        { DebugException: { } failure } => Of(failure, limit),
        { StatusCode: StatusCode.ResourceExhausted } => TooLarge(limit),
        _ => new RpcException((RpcCode)(int)status.StatusCode, status.Detail),
    };

    /// <summary>For Grpc.AspNetCore to send.</summary>
    public static GrpcException ForGrpc(RpcException refusal) =>
        new(new Status((StatusCode)(int)refusal.Status.Code, refusal.Status.Message));

    private static RpcException TooLarge(int limit) =>
        new(RpcCode.ResourceExhausted, $"a message is larger than the receive limit of {limit} bytes");

    // A length that is no int. All other lengths above the limit it tells by a status.
    private static bool IsTooLong(Exception failure) =>
        failure.GetType() == typeof(IOException) && failure.Message.StartsWith("Message too large", StringComparison.Ordinal);
}
