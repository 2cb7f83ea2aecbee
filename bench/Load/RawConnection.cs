using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;

namespace Snakepit.Bench;

/// <summary>
/// A bare HTTP/2 connection that makes gRPC calls. A full client would cost more than the server it is to measure.
/// </summary>
/// <remarks>
/// It keeps to no window when it sends: what is on its way at once is to be less than 64 KiB, which every server
/// takes. What it receives is never held back.
/// </remarks>
internal sealed class RawConnection : IAsyncDisposable
{
    private const int LargestWindow = int.MaxValue;
    private const int DefaultWindow = 65_535;

    private readonly Socket _socket;
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly Lock _gate = new();
    private readonly Dictionary<int, RawCall> _calls = [];
    private readonly byte[] _windowUpdate = new byte[4];
    private readonly Task _reading;
    private ArrayBufferWriter<byte> _outgoing = new();
    private ArrayBufferWriter<byte> _spare = new();
    private int _nextStream = 1;
    private long _consumed;

    private RawConnection(Socket socket)
    {
        _socket = socket;
        _outgoing.Write(Http2Frame.Preface);

        // SETTINGS_INITIAL_WINDOW_SIZE (4): streams never wait for us; the connection's window is topped up as we read.
        Http2Frame.Write(_outgoing, Http2Frame.Kind.Settings, 0, 0, [0, 4, 0x7f, 0xff, 0xff, 0xff]);
        ReturnWindow(LargestWindow - DefaultWindow);
        _reading = ReadAsync();
    }

    public static async Task<RawConnection> OpenAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync("127.0.0.1", port);
        var connection = new RawConnection(socket);
        await connection.FlushAsync();
        return connection;
    }

    /// <summary>Starts a call; it goes out with the next flush, and by itself when an answer is being taken.</summary>
    /// <param name="call">Is given what comes back, on the connection's own thread of reading.</param>
    /// <param name="headers">By <see cref="Http2Frame.CallHeaders"/>.</param>
    /// <param name="message">By <see cref="Http2Frame.Message"/>.</param>
    /// <param name="endsRequest">Whether nothing more is sent.</param>
    public void Begin(RawCall call, ReadOnlySpan<byte> headers, ReadOnlySpan<byte> message, bool endsRequest = true)
    {
        lock (_gate)
        {
            var stream = _nextStream;
            _nextStream += 2;
            _calls.Add(stream, call);
            Http2Frame.Write(_outgoing, Http2Frame.Kind.Headers, 0x4, stream, headers);
            Http2Frame.Write(_outgoing, Http2Frame.Kind.Data, (byte)(endsRequest ? 0x1 : 0x0), stream, message);
        }
    }

    public async ValueTask FlushAsync()
    {
        await _sending.WaitAsync();
        try
        {
            ArrayBufferWriter<byte> full;
            lock (_gate)
            {
                full = _outgoing;
                _outgoing = _spare;
                _spare = full;
            }

            for (var left = full.WrittenMemory; left.Length > 0;)
            {
                left = left[await _socket.SendAsync(left)..];
            }

            full.ResetWrittenCount();
        }
        finally
        {
            _sending.Release();
        }
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

    private async Task ReadAsync()
    {
        var buffer = new byte[1 << 20];
        var filled = 0;
        while (await _socket.ReceiveAsync(buffer.AsMemory(filled)) is > 0 and var received)
        {
            filled += received;
            var used = 0;
            while (filled - used >= Http2Frame.HeaderBytes)
            {
                var length = (buffer[used] << 16) | (buffer[used + 1] << 8) | buffer[used + 2];
                if (filled - used < Http2Frame.HeaderBytes + length)
                {
                    break;
                }

                See(buffer.AsSpan(used, Http2Frame.HeaderBytes + length));
                used += Http2Frame.HeaderBytes + length;
            }

            buffer.AsSpan(used, filled - used).CopyTo(buffer);
            filled -= used;
            if (_consumed > LargestWindow / 4)
            {
                ReturnWindow((int)_consumed);
                _consumed = 0;
            }

            if (_outgoing.WrittenCount > 0)
            {
                await FlushAsync();
            }
        }
    }

    private void See(ReadOnlySpan<byte> frame)
    {
        var payload = frame[Http2Frame.HeaderBytes..];
        var flags = frame[4];
        var isLast = (flags & 1) != 0;
        var stream = BinaryPrimitives.ReadInt32BigEndian(frame[5..]);
        switch ((Http2Frame.Kind)frame[3])
        {
            case Http2Frame.Kind.Data:
                _consumed += payload.Length;
                Call(stream, isLast)?.Take(payload, isLast);
                break;
            case Http2Frame.Kind.Headers when isLast:
                Call(stream, isLast)?.Take([], isLast);
                break;
            case Http2Frame.Kind.RstStream:
                Call(stream, isLast: true)?.Take([], isLast: true);
                break;
            case Http2Frame.Kind.Settings when !isLast:
                Answer(Http2Frame.Kind.Settings, []);
                break;
            case Http2Frame.Kind.Ping when !isLast:
                Answer(Http2Frame.Kind.Ping, payload);
                break;
            default:
                break;
        }
    }

    private RawCall? Call(int stream, bool isLast)
    {
        lock (_gate)
        {
            _calls.TryGetValue(stream, out var call);
            if (isLast)
            {
                _calls.Remove(stream);
            }

            return call;
        }
    }

    private void Answer(Http2Frame.Kind kind, ReadOnlySpan<byte> payload)
    {
        lock (_gate)
        {
            Http2Frame.Write(_outgoing, kind, 1, 0, payload);
        }
    }

    private void ReturnWindow(int bytes)
    {
        lock (_gate)
        {
            BinaryPrimitives.WriteInt32BigEndian(_windowUpdate, bytes);
            Http2Frame.Write(_outgoing, Http2Frame.Kind.WindowUpdate, 0, 0, _windowUpdate);
        }
    }
}
