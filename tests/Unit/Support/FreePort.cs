using System.Net;
using System.Net.Sockets;

namespace Snakepit.Tests;

/// <summary>
/// Ports of loopback for those who must be told theirs. They are below those that a kernel, by default, gives to
/// whoever asks for any, and to connections that go out: what was free when it was looked at is still free
/// when the process has started, and when it starts again.
/// </summary>
internal static class FreePort
{
    private const int First = 16_384;
    private const int Count = 16_384;

    // Where to look next. Each process begins elsewhere.
    private static int _next = Random.Shared.Next(Count);

    /// <summary>A port that nobody has, another one each time. Any thread.</summary>
    public static int Next()
    {
        for (var tries = 0; tries < Count; tries++)
        {
            var port = First + ((int)((uint)Interlocked.Increment(ref _next) % Count));
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException taken) when (taken.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
            {
                // Somebody has it.
            }
        }

        throw new InvalidOperationException($"none of the ports {First} to {First + Count - 1} is free");
    }
}
