using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Google.Protobuf;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Transport;

/// <summary>
/// The responses of a streaming call. They gather in the connection's buffer; a flush waits only while
/// more than 64 KiB of this call are unsent. Holds no memory of its own.
/// </summary>
internal sealed class ResponseStream(ServerCall call) : IResponseStream
{
    private readonly PipeWriter _output = call.Http.ResponseBody.Writer;
    private readonly CancellationToken _callerGone = call.Http.Lifetime.RequestAborted;

    public ValueTask StartAsync() => FlushAsync(CancellationToken.None);

    public void Write(ReadOnlySpan<byte> encoded)
    {
        using var turn = new WritingTurn(call);
        ThrowIfOver();
        Framing.WriteMessage(_output, encoded, call.CompressResponses);
        call.HasWritten = true;
    }

    public void Write(ReadOnlySpan<IEncodedMessage> messages)
    {
        using var turn = new WritingTurn(call);
        ThrowIfOver();
        Framing.WriteMessages(_output, messages, call.CompressResponses);
        call.HasWritten = true;
    }

    public void Write(IMessage message)
    {
        using var turn = new WritingTurn(call);
        ThrowIfOver();
        Framing.WriteMessage(_output, message, call.CompressResponses);
        call.HasWritten = true;
    }

    public ValueTask FlushAsync(CancellationToken cancellation)
    {
        ValueTask<FlushResult> flush;
        using (new WritingTurn(call))
        {
            ThrowIfOver();
            flush = _output.FlushAsync(CancellationToken.None);
            if (!flush.IsCompletedSuccessfully)
            {
                var waiting = flush.AsTask();
                call.Flush = waiting;
                return AwaitAsync(waiting, cancellation);
            }
        }

        ThrowIfGone(flush.Result);
        return ValueTask.CompletedTask;
    }

    // Kestrel must not see the token: it would reset the stream as INTERNAL_ERROR. The flush goes on instead,
    // and the call's end finds it under way if it still is.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask AwaitAsync(Task<FlushResult> flush, CancellationToken cancellation) =>
        ThrowIfGone(await flush.WaitAsync(cancellation));

    private void ThrowIfOver()
    {
        if (call.HasEnded)
        {
            throw new OperationCanceledException("the call has ended");
        }
    }

    private void ThrowIfGone(FlushResult result)
    {
        if (result.IsCompleted || _callerGone.IsCancellationRequested)
        {
            throw new CallerGoneException();
        }
    }
}
