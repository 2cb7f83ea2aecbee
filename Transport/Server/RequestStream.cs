using Google.Protobuf;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Transport;

/// <summary>The requests of a streaming call, each decoded when it is asked for.</summary>
internal sealed class RequestStream<T>(ServerCall call, MessageParser<T> parser) : IRequestStream<T>
    where T : class, IMessage<T>
{
    public ValueTask<T?> ReadAsync(CancellationToken cancellation)
    {
        if (call.HasEnded)
        {
            throw new OperationCanceledException("the call has ended");
        }

        return call.Body.ReadNextAsync(parser, cancellation);
    }
}
