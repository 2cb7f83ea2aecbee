using System.Buffers;
using System.Buffers.Binary;
using Google.Protobuf;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Transport;

/// <summary>Writes messages in gRPC's framing: a flag byte, the length in four, big-endian, the message.</summary>
/// <remarks>
/// Each frame asks for its whole size at once, or fits into what is left of the room before it. Once a call is aborted, Kestrel answers a request for any
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

    /// <summary>Several at once: of the room that the first one is given, the next ones take what is left.</summary>
    public static void WriteMessages(IBufferWriter<byte> output, ReadOnlySpan<IEncodedMessage> messages, bool gzip)
    {
        for (var next = 0; next < messages.Length;)
        {
            var payload = messages[next].Encoded.Span;
            if (gzip && payload.Length > CompressionThreshold)
            {
                WriteMessage(output, payload, gzip);
                next++;
                continue;
            }

            var room = output.GetSpan(PrefixSize + payload.Length);
            var left = room;
            do
            {
                WritePrefix(left, compressed: false, payload.Length);
                payload.CopyTo(left[PrefixSize..]);
                left = left[(PrefixSize + payload.Length)..];
                payload = ++next < messages.Length ? messages[next].Encoded.Span : default;
            }
            while (next < messages.Length && payload.Length <= left.Length - PrefixSize && !(gzip && payload.Length > CompressionThreshold));

            output.Advance(room.Length - left.Length);
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
