using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Snakepit.Transport;

/// <summary>Kestrel by itself: no host, no container, no pipeline.</summary>
internal sealed class StandaloneKestrel : IDisposable
{
    private readonly SocketTransportOptions _transport = new();
    private readonly KestrelServerOptions _settings = new();
    private readonly KestrelServer _server;

    public StandaloneKestrel(ILoggerFactory loggers)
    {
        _server = new KestrelServer(
            Options.Create(_settings), new SocketTransportFactory(Options.Create(_transport), loggers), loggers);
    }

    /// <summary>Takes calls on sockets that are bound.</summary>
    /// <param name="application">What answers them.</param>
    /// <param name="options">Of the server.</param>
    /// <param name="sockets">Taken out of it.</param>
    /// <param name="endPoints">What they are bound to.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task StartAsync(
        CallApplication application,
        GrpcServerOptions options,
        ListenSockets sockets,
        IEnumerable<IPEndPoint> endPoints,
        CancellationToken cancellation)
    {
        KestrelSettings.Apply(_transport, sockets);
        var memory = new KestrelMemory();
        SocketMemory.TakeFrom(memory.Sockets, _transport);
        KestrelSettings.Apply(_settings, memory, options, endPoints);
        return _server.StartAsync(application, cancellation);
    }

    /// <summary>Closes the connections, once their calls have ended or <paramref name="cancellation"/> fires.</summary>
    public Task StopAsync(CancellationToken cancellation) => _server.StopAsync(cancellation);

    public void Dispose() => _server.Dispose();
}
