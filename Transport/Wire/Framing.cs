using System.Buffers;
using System.Buffers.Binary;
using Google.Protobuf;

namespace Snakepit.Transport;

/// <summary>Writes messages in gRPC's framing: a flag byte, the length in four, big-endian, the message.</summary>
internal static class Framing
{
    public const int PrefixSize = 5;

    /// <summary>
    /// Messages shorter than this are never compressed: it would cost more than it saves.
    /// </summary>
    public const int CompressionThreshold = 1024;

    /// <summary>
    /// Bytes up to which prefix and message are written into one piece of the connection's buffer. It
    /// hands out blocks of 4 KiB and would allocate for more.
    /// </summary>
    private const int OnePiece = 4096;

    public static void WriteMessage(IBufferWriter<byte> output, IMessage message, bool gzip)
    {
        var size = message.CalculateSize();
        if (gzip && size > CompressionThreshold)
        {
            WriteCompressed(output, message.ToByteArray());
        }
        else if (size <= OnePiece - PrefixSize)
        {
            var frame = output.GetSpan(PrefixSize + size)[..(PrefixSize + size)];
            WritePrefix(frame, compressed: false, size);
            message.WriteTo(frame[PrefixSize..]);
            output.Advance(frame.Length);
        }
        else
        {
            WritePrefix(output.GetSpan(PrefixSize), compressed: false, size);
            output.Advance(PrefixSize);
            message.WriteTo(output);
        }
    }

    public static void WriteMessage(IBufferWriter<byte> output, ReadOnlySpan<byte> encoded, bool gzip)
    {
        if (gzip && encoded.Length > CompressionThreshold)
        {
            WriteCompressed(output, encoded);
        }
        else if (encoded.Length <= OnePiece - PrefixSize)
        {
            var frame = output.GetSpan(PrefixSize + encoded.Length);
            WritePrefix(frame, compressed: false, encoded.Length);
            encoded.CopyTo(frame[PrefixSize..]);
            output.Advance(PrefixSize + encoded.Length);
        }
        else
        {
            WritePrefix(output.GetSpan(PrefixSize), compressed: false, encoded.Length);
            output.Advance(PrefixSize);
            output.Write(encoded);
        }
    }

    private static void WriteCompressed(IBufferWriter<byte> output, ReadOnlySpan<byte> encoded)
    {
        var compressed = GzipEncoding.Compress(encoded);
        WritePrefix(output.GetSpan(PrefixSize), compressed: true, compressed.Length);
        output.Advance(PrefixSize);
        output.Write(compressed);
    }

    private static void WritePrefix(Span<byte> frame, bool compressed, int length)
    {
        BinaryPrimitives.WriteUInt32BigEndian(frame[1..], (uint)length);
        frame[0] = compressed ? (byte)1 : (byte)0;
    }
}
