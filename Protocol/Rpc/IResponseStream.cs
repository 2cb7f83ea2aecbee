using Google.Protobuf;

namespace Snakepit.Protocol.Rpc;

/// <summary>
/// The responses of a streaming call. Single writer. What is written is copied into the connection's
/// buffer before the method returns and goes out with the next flush, so that what has gathered goes
/// out together.
/// </summary>
public interface IResponseStream
{
    /// <summary>Sends the response headers now, before the first message.</summary>
    ValueTask StartAsync();

    /// <summary>Buffers one message, given in encoded form.</summary>
    void Write(ReadOnlySpan<byte> encoded);

    /// <summary>Buffers several messages, in their order. May cost less than one after the other.</summary>
    void Write(ReadOnlySpan<IEncodedMessage> messages)
    {
        foreach (var message in messages)
        {
            Write(message.Encoded.Span);
        }
    }

    /// <summary>Buffers one message.</summary>
    void Write(IMessage message);

    /// <summary>
    /// Sends what is buffered, and does not wait. Nothing is to be written while <see cref="IsFlushing"/>. Throws
    /// <see cref="OperationCanceledException"/> once the call is cancelled.
    /// </summary>
    void Flush();

    /// <summary>Whether what was flushed waits for the peer's flow control. To be asked by any thread.</summary>
    bool IsFlushing { get; }

    /// <summary>
    /// Completes when the peer's flow control has taken what was flushed. Throws <see cref="OperationCanceledException"/> once
    /// the call, or the wait, is cancelled.
    /// </summary>
    ValueTask FlushedAsync(CancellationToken cancellation);

    /// <summary>Sends what is buffered; completes when the peer's flow control has taken it. Throws as the others do.</summary>
    ValueTask FlushAsync(CancellationToken cancellation)
    {
        Flush();
        return FlushedAsync(cancellation);
    }
}
