using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Transport;

/// <summary>The requests of a duplex call: the body stays open until completed.</summary>
internal sealed class DuplexContent : HttpContent
{
    private readonly ArrayBufferWriter<byte> _framed = new();
    private readonly TaskCompletionSource<Stream> _body = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly bool _gzip;

    public DuplexContent(bool gzip)
    {
        _gzip = gzip;
        Headers.ContentType = new MediaTypeHeaderValue(GrpcNames.ContentType);
    }

    /// <summary>Fires when our side gives the call up. Set before the content is sent.</summary>
    public CancellationToken Cancellation { get; set; }

    /// <summary>Of a request that can be sent no further: whether the server has ended the call, and takes no more of it.</summary>
    private bool IsEndedByServer => !Cancellation.IsCancellationRequested;

    public async ValueTask WriteAsync(IMessage message, CancellationToken cancellation)
    {
        var body = await _body.Task.WaitAsync(cancellation);
        _framed.ResetWrittenCount();
        Framing.WriteMessage(_framed, message, _gzip);
        try
        {
            await body.WriteAsync(_framed.WrittenMemory, cancellation);
            await body.FlushAsync(cancellation);
        }
        catch (Exception failed) when (failed is OperationCanceledException or ObjectDisposedException
            && IsEndedByServer && !_completed.Task.IsCompleted && !cancellation.IsCancellationRequested)
        {
            // The body is cancelled, and disposed of a moment later.
            throw new RpcException(
                RpcCode.Cancelled, "the server takes no more requests: it has ended the call with the status that reading tells");
        }
    }

    public void Complete() => _completed.TrySetResult();

    /// <summary>The call failed before its body was opened: writers are told instead of waiting for it.</summary>
    public void Fail(Exception exception)
    {
        if (_body.TrySetException(exception))
        {
            _ = _body.Task.Exception;
        }
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (!_body.TrySetResult(stream))
        {
            throw new IOException("the connection failed after the first requests of a duplex call; it cannot be repeated");
        }

        // Nothing else sends the request headers before the first message.
        await stream.FlushAsync(cancellationToken);
        try
        {
            await _completed.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (IsEndedByServer)
        {
            // Its status counts, not this.
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
