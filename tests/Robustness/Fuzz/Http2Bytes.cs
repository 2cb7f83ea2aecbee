using System.Buffers.Binary;
using System.Text;

namespace Snakepit.Tests.Robustness.Fuzz;

/// <summary>Puts the bytes of an HTTP/2 connection together, right or wrong (RFC 9113; headers as RFC 7541's literals without an index).</summary>
internal sealed class Http2Bytes
{
    public const byte Data = 0;
    public const byte Headers = 1;
    public const byte Priority = 2;
    public const byte Reset = 3;
    public const byte Settings = 4;
    public const byte Ping = 6;
    public const byte GoAway = 7;
    public const byte WindowUpdate = 8;
    public const byte Continuation = 9;
    public const byte EndStream = 1;
    public const byte EndHeaders = 4;
    public const int PingLength = 17;

    private readonly List<byte> _bytes = [];

    /// <summary>What the last ping carries, and its answer.</summary>
    public static ReadOnlySpan<byte> LastPing => "are you?"u8;

    public byte[] ToArray() => [.. _bytes];

    public Http2Bytes Raw(ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public Http2Bytes Preface() => Raw("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8).Frame(Settings, 0, 0, []);

    /// <param name="type">Of the frame.</param>
    /// <param name="flags">Of the frame.</param>
    /// <param name="stream">0 = the connection.</param>
    /// <param name="payload">What it holds.</param>
    /// <param name="length">What it says that it holds; null = the truth.</param>
    public Http2Bytes Frame(byte type, byte flags, int stream, ReadOnlySpan<byte> payload, int? length = null)
    {
        Span<byte> head = stackalloc byte[9];
        BinaryPrimitives.WriteInt32BigEndian(head, (length ?? payload.Length) << 8);
        head[3] = type;
        head[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(head[5..], stream);
        return Raw(head).Raw(payload);
    }

    /// <summary>A call's headers, with more behind them.</summary>
    public static byte[] Call(string path, params (string Name, string Value)[] more)
    {
        var block = new MemoryStream();
        (string, string)[] all =
        [
            (":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "localhost"),
            .. more.Any(header => header.Name == "content-type") ? [] : ((string, string)[])[("content-type", "application/grpc")],
            ("te", "trailers"), .. more,
        ];
        foreach (var (name, value) in all)
        {
            block.WriteByte(0);
            Text(block, name);
            Text(block, value);
        }

        return block.ToArray();
    }

    /// <summary>A gRPC message's prefix and its bytes.</summary>
    public static byte[] Message(ReadOnlySpan<byte> message, byte flag = 0, uint? length = null)
    {
        var frame = new byte[5 + message.Length];
        frame[0] = flag;
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), length ?? (uint)message.Length);
        message.CopyTo(frame.AsSpan(5));
        return frame;
    }

    public static byte[] Number(uint number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return bytes;
    }

    private static void Text(MemoryStream block, string text)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        if (bytes.Length < 127)
        {
            block.WriteByte((byte)bytes.Length);
        }
        else
        {
            block.WriteByte(127);
            var rest = bytes.Length - 127;
            for (; rest >= 128; rest >>= 7)
            {
                block.WriteByte((byte)((rest & 127) | 128));
            }

            block.WriteByte((byte)rest);
        }

        block.Write(bytes);
    }
}
