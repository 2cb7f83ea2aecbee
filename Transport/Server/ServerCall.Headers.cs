using Snakepit.Protocol.Rpc;

namespace Snakepit.Transport;

/// <summary>What the caller's headers say of the call itself: whether it can be run at all, and for how long.</summary>
internal sealed partial class ServerCall
{
    /// <summary>Reads the headers of the call itself; returns the status that refuses it, null = go on.</summary>
    public RpcStatus? Refusal()
    {
        if (_server.Draining.IsCancellationRequested)
        {
            return ShuttingDown;
        }

        var headers = Http.Request.Headers;
        if (headers.GrpcTimeout.Count != 0)
        {
            var text = headers.GrpcTimeout.ToString();
            if (!GrpcTimeout.TryParse(text, out var timeout))
            {
                return new RpcStatus(RpcCode.Internal, $"malformed {GrpcNames.Timeout}: {text}");
            }

            if (timeout <= TimeSpan.Zero)
            {
                return DeadlineExceeded;
            }

            _timeout = timeout;
        }

        if (headers.GrpcEncoding.Count != 0)
        {
            _requestEncoding = headers.GrpcEncoding.ToString();
            if (_requestEncoding == GrpcNames.Gzip)
            {
                if (GrpcNames.ListsGzip(headers.GrpcAcceptEncoding.ToString()))
                {
                    CompressResponses = true;
                    Http.Response.Headers.GrpcEncoding = GrpcNames.Gzip;
                }
            }
            else if (_requestEncoding != GrpcNames.Identity)
            {
                Http.Response.Headers.GrpcAcceptEncoding = GrpcNames.AcceptedEncodings;
                return new RpcStatus(RpcCode.Unimplemented, $"{GrpcNames.Encoding} {_requestEncoding} is not supported");
            }
        }

        return null;
    }

    /// <summary>Starts the clock of the deadline, if there is one. Needed only by what really waits.</summary>
    public CallDeadline? Deadline() => _deadline ?? (_timeout is null ? null : StartDeadline());

    private CallDeadline StartDeadline()
    {
        var deadline = new CallDeadline(this);
        if (Interlocked.CompareExchange(ref _deadline, deadline, null) is { } other)
        {
            return other;
        }

        deadline.Start(_server.TimeProvider, _timeout);
        if (HasEnded)
        {
            // It ended on another thread, which may have found no timer to stop.
            deadline.Dispose();
        }

        return deadline;
    }
}
