using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Google.Protobuf;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Transport;

/// <summary>
/// The responses of a streaming call. They gather in the connection's buffer; what is flushed counts as taken once Kestrel has moved
/// it to the connection's output, as the peer's flow control lets it. Holds no memory of its own.
/// </summary>
internal sealed class ResponseStream(ServerCall call) : IResponseStream
{
    private readonly PipeWriter _output = call.Http.ResponseBody.Writer;
    private readonly CancellationToken _callerGone = call.Http.Lifetime.RequestAborted;

    public bool IsFlushing => call.IsFlushing;

    public ValueTask StartAsync()
    {
        Flush();
        return FlushedAsync(CancellationToken.None);
    }

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

    public void Flush()
    {
        using var turn = new WritingTurn(call);
        ThrowIfOver();
        var flush = _output.FlushAsync(CancellationToken.None);
        if (flush.IsCompletedSuccessfully)
        {
            ThrowIfGone(flush.Result);
        }
        else
        {
            call.Flush = flush.AsTask();
        }
    }

    public ValueTask FlushedAsync(CancellationToken cancellation)
    {
        if (call.Flush is not { } flush)
        {
            return ValueTask.CompletedTask;
        }

        if (!flush.IsCompletedSuccessfully)
        {
            return AwaitAsync(flush, cancellation);
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
