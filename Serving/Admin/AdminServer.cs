using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Snakepit.Serving.Logging;
using Snakepit.Serving.Telemetry;
using Snakepit.Transport;

namespace Snakepit.Serving.Admin;

/// <summary>
/// The admin port of an executable: for probes, scrapers, and people with a browser; by TLS where other machines reach it.
/// </summary>
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
    /// <param name="options">Where, and what.</param>
    /// <param name="unreadiness">Why the process is not ready, in one line; null = it is. Asked by each probe.</param>
    /// <param name="metrics">What `/metrics` shows; null = there is no such page.</param>
    /// <param name="calls">The calls that the console makes, once there are any; null = there is no console.</param>
    /// <param name="loggers">Warnings go there.</param>
    /// <param name="tls">How clients are served; null = in cleartext. On loopback the admin port is so too.</param>
    /// <exception cref="EndpointUnavailableException">It cannot listen there.</exception>
    public static async Task<AdminServer> StartAsync(
        AdminOptions options,
        Func<CancellationToken, ValueTask<string?>> unreadiness,
        MetricsPage? metrics,
        Func<WebCalls?>? calls,
        ILoggerFactory loggers,
        ServerTls? tls = null)
    {
        var framework = new FrameworkLoggers(loggers);
        using var sockets = ListenSockets.Bind([options.Endpoint]);
        var endPoints = sockets.EndPoints.ToList();
        var transport = new SocketTransportFactory(
            Options.Create(new SocketTransportOptions { CreateBoundListenSocket = sockets.Take }), framework);
        var settings = new KestrelServerOptions { AddServerHeader = false };
        var isEncrypted = tls is not null && endPoints.TrueForAll(static endPoint => !IPAddress.IsLoopback(endPoint.Address));
        if (isEncrypted)
        {
            ServerTls.Prepare(settings, framework);
        }

        endPoints.ForEach(endPoint => settings.Listen(endPoint, listen =>
        {
            // In cleartext a browser speaks HTTP/1.1 alone.
            listen.Protocols = isEncrypted ? HttpProtocols.Http1AndHttp2 : HttpProtocols.Http1;
            if (isEncrypted)
            {
                // Probes have no certificates: what else there is asks for them by itself.
                tls!.Apply(listen, tls.Clients == ClientCertificates.Unasked ? ClientCertificates.Unasked : ClientCertificates.Optional);
            }
        }));
        var console = calls is null || options.NoConsole is not null ? null : new AdminConsole(new ConsoleHosts(options), calls);
        if (console is not null)
        {
            // A watch may be silent for long, and a page slow to take what came.
            settings.Limits.MinResponseDataRate = null;
            settings.Limits.MaxRequestBodySize = null;
        }

        var kestrel = new KestrelServer(Options.Create(settings), transport, framework);
        var asksForCertificates = isEncrypted && tls!.Clients == ClientCertificates.Required;
        var pages = new AdminPages(unreadiness, metrics, console, options.NoConsole, asksForCertificates);
        await kestrel.StartAsync(pages, CancellationToken.None);
        loggers.CreateLogger<AdminServer>().AdminListening(
            $"{(isEncrypted ? "https" : "http")}://{endPoints[0]}",
            $"{(console is null ? "" : "the console, ")}{(metrics is null ? "" : "/metrics, ")}/healthz and /readyz");
        return new AdminServer(kestrel, endPoints[0].Port);
    }

    public async ValueTask DisposeAsync()
    {
        using var over = new CancellationTokenSource(Grace);
        await _kestrel.StopAsync(over.Token);
        _kestrel.Dispose();
    }
}
