using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;

namespace Snakepit.Transport;

/// <summary>The request of a call that has exactly one.</summary>
internal sealed class MessageContent : HttpContent
{
    private readonly ArrayBufferWriter<byte> _framed = new();

    public MessageContent(IMessage message, bool gzip)
    {
        Framing.WriteMessage(_framed, message, gzip);
        Headers.ContentType = new MediaTypeHeaderValue(GrpcNames.ContentType);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        stream.WriteAsync(_framed.WrittenMemory, cancellationToken).AsTask();

    // gRPC requests carry no content-length.
    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
