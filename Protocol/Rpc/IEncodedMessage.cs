using Google.Protobuf;

namespace Snakepit.Protocol.Rpc;

/// <summary>A message that has been encoded, as one that many callers receive.</summary>
public interface IEncodedMessage
{
    /// <summary>The message on the wire, without a frame.</summary>
    ByteString Encoded { get; }
}
