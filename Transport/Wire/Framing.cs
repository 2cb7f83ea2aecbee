using System.Buffers;
using System.Buffers.Binary;
using Google.Protobuf;

namespace Snakepit.Transport;

/// <summary>Writes messages in gRPC's framing: a flag byte, the length in four, big-endian, the message.</summary>
/// <remarks>
/// Each frame asks for its whole size at once. Once a call is aborted, Kestrel answers a request for any
/// size at all with an empty span: a writer that asks piece by piece never ends.
/// </remarks>
internal static class Framing
{
    public const int PrefixSize = 5;

    /// <summary>Messages up to this size are never compressed: it would cost more than it saves.</summary>
    public const int CompressionThreshold = 1024;

    public static void WriteMessage(IBufferWriter<byte> output, IMessage message, bool gzip)
    {
        var size = message.CalculateSize();
        if (gzip && size > CompressionThreshold)
        {
            WriteFrame(output, GzipEncoding.Compress(message.ToByteArray()), compressed: true);
            return;
        }

        var frame = output.GetSpan(PrefixSize + size)[..(PrefixSize + size)];
        WritePrefix(frame, compressed: false, size);
        message.WriteTo(frame[PrefixSize..]);
        output.Advance(frame.Length);
    }

    public static void WriteMessage(IBufferWriter<byte> output, ReadOnlySpan<byte> encoded, bool gzip)
    {
        if (gzip && encoded.Length > CompressionThreshold)
        {
            WriteFrame(output, GzipEncoding.Compress(encoded), compressed: true);
        }
        else
        {
            WriteFrame(output, encoded, compressed: false);
        }
    }

    private static void WriteFrame(IBufferWriter<byte> output, ReadOnlySpan<byte> payload, bool compressed)
    {
        var frame = output.GetSpan(PrefixSize + payload.Length);
        WritePrefix(frame, compressed, payload.Length);
        payload.CopyTo(frame[PrefixSize..]);
        output.Advance(PrefixSize + payload.Length);
    }

    private static void WritePrefix(Span<byte> frame, bool compressed, int length)
    {
        frame[0] = compressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt32BigEndian(frame[1..], (uint)length);
    }
}
