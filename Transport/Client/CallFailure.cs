using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Transport;

/// <summary>The status of calls that ended without one, after gRPC's tables of HTTP and HTTP/2 codes.</summary>
internal static class CallFailure
{
    public static RpcStatus OfHttpStatus(HttpStatusCode status)
    {
        var code = (int)status switch
        {
            400 => RpcCode.Internal,
            401 => RpcCode.Unauthenticated,
            403 => RpcCode.PermissionDenied,
            404 => RpcCode.Unimplemented,
            429 or 502 or 503 or 504 => RpcCode.Unavailable,
            _ => RpcCode.Unknown,
        };
        return new RpcStatus(code, $"the server answered HTTP {(int)status}, not gRPC");
    }

    /// <summary>Whether it failed before there was a connection, so that the server cannot have seen the call.</summary>
    public static bool IsBeforeSending(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is OperationCanceledException { InnerException: TimeoutException }
                or HttpRequestException
                {
                    HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError,
                }
                or AuthenticationException)
            {
                return true;
            }
        }

        return false;
    }

    public static RpcStatus OfException(Exception exception, string address, string guess)
    {
        if (Refusal(exception) is { } refused)
        {
            return new RpcStatus(RpcCode.Unavailable, $"cannot connect to {address} by TLS: {refused.Message}");
        }

        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case HttpProtocolException silence when IsSilence(silence):
                    return new RpcStatus(RpcCode.Unavailable, $"the connection to {address} was lost: the server answered no ping{guess}");
                case HttpProtocolException reset:
                    return new RpcStatus(OfReset(reset.ErrorCode), $"{address} reset the call: {reset.Message}");
                case HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError }:
                    return new RpcStatus(RpcCode.Unavailable, $"cannot connect to {address}: {Innermost(cause).Message}");
                case OperationCanceledException { InnerException: TimeoutException late }:
                    return new RpcStatus(RpcCode.Unavailable, $"cannot connect to {address}: {late.Message}");
                case HttpIOException or SocketException:
                    return new RpcStatus(RpcCode.Unavailable, $"the connection to {address} was lost: {cause.Message.TrimEnd('.')}{guess}");
            }
        }

        return exception switch
        {
            HttpRequestException or IOException =>
                new RpcStatus(RpcCode.Unavailable, $"the connection to {address} was lost: {exception.Message.TrimEnd('.')}{guess}"),
            OperationCanceledException => new RpcStatus(RpcCode.Cancelled, "the call was cancelled"),
            _ => new RpcStatus(RpcCode.Internal, $"the call to {address} failed: {exception.Message}"),
        };
    }

    /// <summary>
    /// By HTTP/2's error code. .NET does not tell the reset of a stream (RST_STREAM) from the end of its
    /// connection (GOAWAY); a server that goes away sends NO_ERROR or INTERNAL_ERROR, so these count as that.
    /// </summary>
    private static RpcCode OfReset(long errorCode) => errorCode switch
    {
        0 or 2 or 7 => RpcCode.Unavailable,
        8 => RpcCode.Cancelled,
        11 => RpcCode.ResourceExhausted,
        12 => RpcCode.PermissionDenied,
        _ => RpcCode.Internal,
    };

    /// <summary>
    /// Whether the server left a ping unanswered. .NET says that with the code of a broken protocol, as a server would that
    /// complains of us: nothing but the name of the setting tells the two apart.
    /// </summary>
    private static bool IsSilence(HttpProtocolException failure) =>
        failure.ErrorCode == 1 && failure.Message.Contains(nameof(SocketsHttpHandler.KeepAlivePingDelay), StringComparison.Ordinal);

    private static AuthenticationException? Refusal(Exception? exception) =>
        exception is null ? null : exception as AuthenticationException ?? Refusal(exception.InnerException);

    private static Exception Innermost(Exception exception) =>
        exception.InnerException is { } inner ? Innermost(inner) : exception;
}
