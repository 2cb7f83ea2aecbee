using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Google.Protobuf;

namespace Snakepit.Bench;

/// <summary>Frames of HTTP/2 as bytes (RFC 9113), and what is in those that begin a gRPC call.</summary>
internal static class Http2Frame
{
    public const int HeaderBytes = 9;

    public enum Kind : byte
    {
        Data = 0,
        Headers = 1,
        RstStream = 3,
        Settings = 4,
        Ping = 6,
        GoAway = 7,
        WindowUpdate = 8,
    }

    public static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    public static void Write(IBufferWriter<byte> output, Kind kind, byte flags, int stream, ReadOnlySpan<byte> payload)
    {
        var frame = output.GetSpan(HeaderBytes + payload.Length);
        frame[0] = (byte)(payload.Length >> 16);
        frame[1] = (byte)(payload.Length >> 8);
        frame[2] = (byte)payload.Length;
        frame[3] = (byte)kind;
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame[5..], stream);
        payload.CopyTo(frame[HeaderBytes..]);
        output.Advance(HeaderBytes + payload.Length);
    }

    /// <summary>A gRPC message with its length in front.</summary>
    public static byte[] Message(IMessage message)
    {
        var body = new byte[5 + message.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(body.AsSpan(1), body.Length - 5);
        message.WriteTo(body.AsSpan(5));
        return body;
    }

    /// <summary>
    /// The header block of a call: literal fields that enter no table (RFC 7541, 6.2.2), names from the static
    /// table where they are in it.
    /// </summary>
    /// <param name="path">The method's.</param>
    /// <param name="traceParent">The W3C header of a call that belongs to a trace.</param>
    public static byte[] CallHeaders(string path, string? traceParent = null)
    {
        var block = new List<byte> { 0x83, 0x86 };
        AddField(block, 4, path);
        AddField(block, 1, "localhost");
        AddField(block, 31, "application/grpc");
        block.AddRange([0x00, 2, .. "te"u8, 8, .. "trailers"u8]);
        if (traceParent is not null)
        {
            block.AddRange([0x00, 11, .. "traceparent"u8, (byte)traceParent.Length, .. Encoding.ASCII.GetBytes(traceParent)]);
        }

        return [.. block];
    }

    private static void AddField(List<byte> block, int nameIndex, string value)
    {
        if (nameIndex < 15)
        {
            block.Add((byte)nameIndex);
        }
        else
        {
            block.AddRange([0x0f, (byte)(nameIndex - 15)]);
        }

        block.Add((byte)value.Length);
        block.AddRange(Encoding.ASCII.GetBytes(value));
    }
}
