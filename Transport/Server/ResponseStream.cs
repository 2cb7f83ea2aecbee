using System.IO.Pipelines;
using Google.Protobuf;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Transport;

/// <summary>
/// The responses of a streaming call. They gather in the connection's buffer; a flush waits only while
/// more than 64 KiB of this call are unsent. Holds no memory of its own.
/// </summary>
internal sealed class ResponseStream(ServerCall call) : IResponseStream
{
    public ValueTask StartAsync() => FlushAsync(CancellationToken.None);

    public void Write(ReadOnlySpan<byte> encoded)
    {
        lock (call.Http)
        {
            ThrowIfEnded();
            Framing.WriteMessage(call.Http.ResponseBody.Writer, encoded, call.CompressResponses);
            call.HasWritten = true;
        }
    }

    public void Write(IMessage message)
    {
        lock (call.Http)
        {
            ThrowIfEnded();
            Framing.WriteMessage(call.Http.ResponseBody.Writer, message, call.CompressResponses);
            call.HasWritten = true;
        }
    }

    public ValueTask FlushAsync(CancellationToken cancellation)
    {
        ValueTask<FlushResult> flush;
        lock (call.Http)
        {
            ThrowIfEnded();
            flush = call.Http.ResponseBody.Writer.FlushAsync(CancellationToken.None);
            if (!flush.IsCompleted)
            {
                call.IsFlushing = true;
                return AwaitAsync(flush.AsTask(), cancellation);
            }
        }

        ThrowIfGone(flush.GetAwaiter().GetResult());
        return ValueTask.CompletedTask;
    }

    // Kestrel must not see the token: it would reset the stream as INTERNAL_ERROR. The flush goes on instead,
    // and the call's end finds it under way.
    private async ValueTask AwaitAsync(Task<FlushResult> flush, CancellationToken cancellation)
    {
        FlushResult result;
        try
        {
            result = await flush.WaitAsync(cancellation);
        }
        finally
        {
            lock (call.Http)
            {
                call.IsFlushing = !flush.IsCompleted;
            }
        }

        ThrowIfGone(result);
    }

    private void ThrowIfEnded()
    {
        if (call.HasEnded)
        {
            throw new OperationCanceledException("the call has ended");
        }
    }

    private void ThrowIfGone(FlushResult result)
    {
        if (result.IsCompleted || call.Http.Lifetime.RequestAborted.IsCancellationRequested)
        {
            throw new CallerGoneException();
        }
    }
}
