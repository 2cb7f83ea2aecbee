using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;

namespace Snakepit.Transport;

/// <summary>What Kestrel is told, whatever runs on it: its own defaults are made for short requests.</summary>
internal static class KestrelSettings
{
    /// <summary>Bytes of uploads on their way on one connection, and within it on one call.</summary>
    private const int ConnectionWindow = 4 * 1024 * 1024;
    private const int StreamWindow = 1024 * 1024;

    /// <summary>
    /// Bytes that wait for one socket before those who write to it do: a hundred watchers of one connection are told of eight changes
    /// at once, 320 KiB. Kestrel's own limit is a fifth of that, and its writer would stop and go on five times.
    /// </summary>
    private const int ConnectionOutput = 512 * 1024;

    /// <summary>As good as never. Kestrel takes `infinite` for a time that has passed: it closes at once.</summary>
    private static readonly TimeSpan IdleConnection = TimeSpan.FromDays(365);

    /// <param name="transport">What is set.</param>
    /// <param name="sockets">Bound; taken out of it.</param>
    public static void Apply(SocketTransportOptions transport, ListenSockets sockets)
    {
        transport.CreateBoundListenSocket = sockets.Take;
        transport.MaxWriteBufferSize = ConnectionOutput;
    }

    /// <param name="kestrel">What is set.</param>
    /// <param name="memory">Its connections' memory. Its sockets are for whoever makes them to set.</param>
    /// <param name="options">By what.</param>
    /// <param name="endPoints">Where it listens.</param>
    public static void Apply(KestrelServerOptions kestrel, KestrelMemory memory, GrpcServerOptions options, IEnumerable<IPEndPoint> endPoints)
    {
        kestrel.AddServerHeader = false;

        // A proxy that took TLS off still says https.
        kestrel.AllowAlternateSchemes = true;

        // Long streams are the normal case: no least rate, no end of a body, no end of an idle
        // connection. The pings find those that have vanished.
        var limits = kestrel.Limits;
        limits.MinRequestBodyDataRate = null;
        limits.MinResponseDataRate = null;
        limits.MaxRequestBodySize = null;
        limits.KeepAliveTimeout = IdleConnection;
        limits.Http2.MaxStreamsPerConnection = options.MaxStreamsPerConnection;
        limits.Http2.KeepAlivePingDelay = options.KeepAlivePingDelay;
        limits.Http2.KeepAlivePingTimeout = options.KeepAlivePingTimeout;
        limits.Http2.InitialConnectionWindowSize = ConnectionWindow;
        limits.Http2.InitialStreamWindowSize = StreamWindow;
        if (options.Tls is not null)
        {
            ServerTls.Prepare(kestrel, options.LoggerFactory);
        }

        var connections = new ConnectionLimit(
            options.Capacity.Connections, options.TimeProvider, options.LoggerFactory.CreateLogger<ConnectionLimit>());
        foreach (var endPoint in endPoints)
        {
            kestrel.Listen(endPoint, listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                listen.Use(connections.Before);
                if (options.Observer is not null)
                {
                    listen.Use(LatestRead.NotedBy(options.TimeProvider));
                }

                options.Tls?.Apply(listen, options.Tls.Clients);
                listen.Use(memory.Connections);
            });
        }
    }
}
