using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Snakepit.Serving.Logging;
using Snakepit.Serving.Telemetry;
using Snakepit.Transport;

namespace Snakepit.Serving.Admin;

/// <summary>The admin port of an executable: HTTP/1.1, for probes and scrapers; by TLS where other machines reach it.</summary>
public sealed class AdminServer : IAsyncDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly KestrelServer _kestrel;

    private AdminServer(KestrelServer kestrel, int port)
    {
        _kestrel = kestrel;
        Port = port;
    }

    /// <summary>The port it listens on.</summary>
    public int Port { get; }

    /// <summary>Listens, and answers from then on.</summary>
    /// <param name="endpoint">Where.</param>
    /// <param name="unreadiness">Why the process is not ready, in one line; null = it is. Asked by each probe.</param>
    /// <param name="metrics">What `/metrics` shows; null = there is no such page.</param>
    /// <param name="loggers">Warnings go there.</param>
    /// <param name="tls">How clients are served; null = in cleartext. On loopback the admin port is so too.</param>
    /// <exception cref="EndpointUnavailableException">It cannot listen there.</exception>
    public static async Task<AdminServer> StartAsync(
        GrpcEndpoint endpoint,
        Func<CancellationToken, ValueTask<string?>> unreadiness,
        MetricsPage? metrics,
        ILoggerFactory loggers,
        ServerTls? tls = null)
    {
        var framework = new FrameworkLoggers(loggers);
        using var sockets = ListenSockets.Bind([endpoint]);
        var endPoints = sockets.EndPoints.ToList();
        var transport = new SocketTransportFactory(
            Options.Create(new SocketTransportOptions { CreateBoundListenSocket = sockets.Take }), framework);
        var options = new KestrelServerOptions { AddServerHeader = false };
        var isEncrypted = tls is not null && endPoints.TrueForAll(static endPoint => !IPAddress.IsLoopback(endPoint.Address));
        if (isEncrypted)
        {
            ServerTls.Prepare(options, framework);
        }

        endPoints.ForEach(endPoint => options.Listen(endPoint, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            if (isEncrypted)
            {
                // Probes have no certificates: what else there is asks for them by itself.
                tls!.Apply(listen, tls.Clients == ClientCertificates.Unasked ? ClientCertificates.Unasked : ClientCertificates.Optional);
            }
        }));
        var kestrel = new KestrelServer(Options.Create(options), transport, framework);
        await kestrel.StartAsync(new AdminPages(unreadiness, metrics, isEncrypted && tls!.Clients == ClientCertificates.Required), CancellationToken.None);
        return new AdminServer(kestrel, endPoints[0].Port);
    }

    public async ValueTask DisposeAsync()
    {
        using var over = new CancellationTokenSource(Grace);
        await _kestrel.StopAsync(over.Token);
        _kestrel.Dispose();
    }
}
