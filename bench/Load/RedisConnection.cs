using System.Net.Sockets;
using System.Text;

namespace Snakepit.Bench;

/// <summary>A connection to Redis that sends one command over and over, or counts the bytes of what it is told.</summary>
internal sealed class RedisConnection : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private long _bytes;

    private RedisConnection()
    {
    }

    /// <summary>Bytes that have been counted.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    public static async Task<RedisConnection> OpenAsync(int port)
    {
        var connection = new RedisConnection();
        await connection._socket.ConnectAsync("127.0.0.1", port);
        return connection;
    }

    /// <summary>A command in Redis' protocol: an array of strings.</summary>
    public static byte[] Command(params string[] words) => Encoding.ASCII.GetBytes(
        $"*{words.Length}\r\n{string.Concat(words.Select(word => $"${word.Length}\r\n{word}\r\n"))}");

    /// <summary>Sends a command, and waits for an answer that fits one packet.</summary>
    public async Task CallAsync(ReadOnlyMemory<byte> command, Memory<byte> answer)
    {
        await _socket.SendAsync(command);
        if (await _socket.ReceiveAsync(answer) == 0)
        {
            throw new InvalidOperationException("Redis has closed the connection");
        }
    }

    /// <summary>Counts what comes, until the connection is closed.</summary>
    public async Task CountAsync()
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await _socket.ReceiveAsync(buffer) is > 0 and var received)
            {
                Volatile.Write(ref _bytes, _bytes + received);
            }
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
            // That is how it ends.
        }
    }

    public void Dispose() => _socket.Dispose();
}
