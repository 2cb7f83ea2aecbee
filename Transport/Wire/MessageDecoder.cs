using System.Buffers;
using System.Buffers.Binary;
using Google.Protobuf;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Transport;

/// <summary>
/// Takes framed messages out of a body. What breaks the framing is <see cref="RpcCode.Internal"/>, as
/// gRPC has it; what is well framed but does not parse has the code given.
/// </summary>
/// <param name="MaxSize">Bytes a message may have, after decompression too.</param>
/// <param name="Encoding">The body's `grpc-encoding`; null = none was given.</param>
/// <param name="Malformed">The code for a message that does not parse.</param>
internal readonly record struct MessageDecoder(int MaxSize, string? Encoding, RpcCode Malformed)
{
    /// <summary>
    /// Takes one message from the front of <paramref name="buffer"/>; false = it is not all there. A
    /// message that is too large is refused as soon as its prefix is.
    /// </summary>
    public bool TryDecode<T>(ref ReadOnlySequence<byte> buffer, MessageParser<T> parser, out T? message)
        where T : class, IMessage<T>
    {
        message = null;
        if (buffer.Length < Framing.PrefixSize)
        {
            return false;
        }

        Span<byte> prefix = stackalloc byte[Framing.PrefixSize];
        buffer.Slice(0, Framing.PrefixSize).CopyTo(prefix);
        var length = BinaryPrimitives.ReadUInt32BigEndian(prefix[1..]);
        if (prefix[0] > 1)
        {
            throw new RpcException(RpcCode.Internal, $"bad framing: a message's first byte is {prefix[0]}, not 0 or 1");
        }

        if (length > (uint)MaxSize)
        {
            throw TooLarge($"{length} bytes", MaxSize);
        }

        if (buffer.Length - Framing.PrefixSize < length)
        {
            return false;
        }

        var payload = buffer.Slice(Framing.PrefixSize, length);
        buffer = buffer.Slice(payload.End);
        message = prefix[0] == 0 ? Parse(payload, parser, Malformed) : Decompress(payload, parser);
        return true;
    }

    public static RpcException TooLarge(string size, int limit) => new(
        RpcCode.ResourceExhausted,
        $"a message of {size} is larger than the receive limit of {limit} bytes");

    /// <summary>Throws <see cref="RpcException"/> with the code given where a message does not parse.</summary>
    public static T Parse<T>(ReadOnlySequence<byte> payload, MessageParser<T> parser, RpcCode malformedCode)
        where T : class, IMessage<T>
    {
        try
        {
            return payload.IsSingleSegment ? parser.ParseFrom(payload.FirstSpan) : parser.ParseFrom(payload);
        }
        catch (Exception malformed) when (MalformedMessage.IsShownBy(malformed))
        {
            var type = parser.ParseFrom(ReadOnlySpan<byte>.Empty).Descriptor.FullName;
            throw new RpcException(malformedCode, $"not a valid {type}: {MalformedMessage.Reason(malformed)}");
        }
    }

    private T Decompress<T>(ReadOnlySequence<byte> payload, MessageParser<T> parser)
        where T : class, IMessage<T>
    {
        if (Encoding != GrpcNames.Gzip)
        {
            throw new RpcException(
                RpcCode.Internal,
                $"a message is marked as compressed but {GrpcNames.Encoding} is {Encoding ?? "absent"}");
        }

        var decoder = this;
        return GzipEncoding.Decompress(payload, MaxSize, inflated => Parse(inflated, parser, decoder.Malformed));
    }
}
