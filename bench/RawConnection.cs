using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Google.Protobuf;

namespace Snakepit.Bench;

/// <summary>
/// A bare HTTP/2 connection (RFC 9113) that starts gRPC calls and counts the messages that come back. A full
/// client would cost more than the server it is to measure.
/// </summary>
internal sealed class RawConnection : IAsyncDisposable
{
    private const int HeaderBytes = 9;
    private const int LargestWindow = int.MaxValue;
    private const int DefaultWindow = 65_535;

    private readonly Socket _socket;
    private readonly Task _reading;
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly Dictionary<int, MessageCounter> _streams = [];
    private int _nextStream = 1;
    private long _messages;
    private long _consumed;

    private RawConnection(Socket socket)
    {
        _socket = socket;
        _reading = ReadAsync();
    }

    private enum FrameType : byte
    {
        Data = 0,
        Headers = 1,
        Settings = 4,
        Ping = 6,
        WindowUpdate = 8,
    }

    public long Messages => Volatile.Read(ref _messages);

    public static async Task<RawConnection> OpenAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync("127.0.0.1", port);
        var connection = new RawConnection(socket);
        await connection.SendAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray());

        // SETTINGS_INITIAL_WINDOW_SIZE (4): streams never wait for us; the connection's window is topped up as we read.
        byte[] settings = [0, 4, 0x7f, 0xff, 0xff, 0xff];
        await connection.SendFrameAsync(FrameType.Settings, 0, 0, settings);
        await connection.SendWindowUpdateAsync(LargestWindow - DefaultWindow);
        return connection;
    }

    /// <summary>Starts a call with one request; its responses are counted as they come.</summary>
    public async Task CallAsync(string path, IMessage request)
    {
        var stream = _nextStream;
        _nextStream += 2;
        lock (_streams)
        {
            _streams.Add(stream, new MessageCounter());
        }

        var body = new byte[5 + request.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(body.AsSpan(1), body.Length - 5);
        request.WriteTo(body.AsSpan(5));
        await SendFrameAsync(FrameType.Headers, 0x4, stream, EncodeHeaders(path));
        await SendFrameAsync(FrameType.Data, 0x1, stream, body);
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        try
        {
            await _reading;
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
            // That is how its reading ends.
        }

        _sending.Dispose();
    }

    // Literal fields that enter no table (RFC 7541, 6.2.2), names from the static table where they are in it.
    private static byte[] EncodeHeaders(string path)
    {
        var block = new List<byte> { 0x83, 0x86 };
        AddField(block, 4, path);
        AddField(block, 1, "localhost");
        AddField(block, 31, "application/grpc");
        block.AddRange([0x00, 2, .. "te"u8, 8, .. "trailers"u8]);
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

    private async Task ReadAsync()
    {
        var buffer = new byte[1 << 20];
        var filled = 0;
        while (await _socket.ReceiveAsync(buffer.AsMemory(filled)) is > 0 and var received)
        {
            filled += received;
            var used = 0;
            while (filled - used >= HeaderBytes)
            {
                var length = (buffer[used] << 16) | (buffer[used + 1] << 8) | buffer[used + 2];
                if (filled - used < HeaderBytes + length)
                {
                    break;
                }

                await SeeAsync(buffer.AsMemory(used, HeaderBytes + length));
                used += HeaderBytes + length;
            }

            buffer.AsSpan(used, filled - used).CopyTo(buffer);
            filled -= used;
            await ReturnWindowAsync();
        }
    }

    private async ValueTask SeeAsync(ReadOnlyMemory<byte> frame)
    {
        var payload = frame[HeaderBytes..];
        var flags = frame.Span[4];
        switch ((FrameType)frame.Span[3])
        {
            case FrameType.Data:
                _consumed += payload.Length;
                Count(BinaryPrimitives.ReadInt32BigEndian(frame.Span[5..]), payload.Span);
                break;
            case FrameType.Settings when (flags & 1) == 0:
                await SendFrameAsync(FrameType.Settings, 1, 0, []);
                break;
            case FrameType.Ping when (flags & 1) == 0:
                await SendFrameAsync(FrameType.Ping, 1, 0, payload.ToArray());
                break;
            default:
                break;
        }
    }

    private void Count(int stream, ReadOnlySpan<byte> data)
    {
        MessageCounter counter;
        lock (_streams)
        {
            counter = _streams[stream];
        }

        Volatile.Write(ref _messages, _messages + counter.Count(data));
    }

    private async ValueTask ReturnWindowAsync()
    {
        if (_consumed > LargestWindow / 4)
        {
            await SendWindowUpdateAsync((int)_consumed);
            _consumed = 0;
        }
    }

    private Task SendWindowUpdateAsync(int bytes)
    {
        var payload = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(payload, bytes);
        return SendFrameAsync(FrameType.WindowUpdate, 0, 0, payload);
    }

    private Task SendFrameAsync(FrameType type, byte flags, int stream, byte[] payload)
    {
        var frame = new byte[HeaderBytes + payload.Length];
        frame[0] = (byte)(payload.Length >> 16);
        frame[1] = (byte)(payload.Length >> 8);
        frame[2] = (byte)payload.Length;
        frame[3] = (byte)type;
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, HeaderBytes);
        return SendAsync(frame);
    }

    private async Task SendAsync(byte[] bytes)
    {
        await _sending.WaitAsync();
        try
        {
            await _socket.SendAsync(bytes);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Finds the ends of length-prefixed messages in one stream's data.</summary>
    private sealed class MessageCounter
    {
        private readonly byte[] _prefix = new byte[5];
        private int _prefixBytes;
        private int _missing;

        public int Count(ReadOnlySpan<byte> data)
        {
            var messages = 0;
            while (data.Length > 0)
            {
                if (_prefixBytes < _prefix.Length)
                {
                    var take = Math.Min(data.Length, _prefix.Length - _prefixBytes);
                    data[..take].CopyTo(_prefix.AsSpan(_prefixBytes));
                    _prefixBytes += take;
                    data = data[take..];
                    _missing = BinaryPrimitives.ReadInt32BigEndian(_prefix.AsSpan(1));
                }

                var skip = Math.Min(data.Length, _missing);
                data = data[skip..];
                _missing -= skip;
                if (_prefixBytes == _prefix.Length && _missing == 0)
                {
                    messages++;
                    _prefixBytes = 0;
                }
            }

            return messages;
        }
    }
}
