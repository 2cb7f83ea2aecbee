using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Snakepit.Transport;

/// <summary>
/// From which pool the pipes to and from the sockets take their memory. The framework has a setting for it that only its
/// own host reaches, and this server has no host: a process of little else should start quickly.
/// </summary>
internal static class SocketMemory
{
    /// <summary>Sets it. A framework that has the setting no longer goes on with its own pool, which is slower and no less right.</summary>
    public static void TakeFrom(BlockPool pool, SocketTransportOptions options)
    {
        try
        {
            SetFactory(options, pool);
        }
        catch (MissingMethodException)
        {
            // As said above.
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_MemoryPoolFactory")]
    private static extern void SetFactory(SocketTransportOptions options, IMemoryPoolFactory<byte> factory);
}
