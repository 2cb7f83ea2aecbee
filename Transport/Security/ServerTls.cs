using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Snakepit.Transport;

/// <summary>
/// TLS on what a process listens on: TLS 1.2 or later, with the certificate that its files hold when a connection is made.
/// A client's certificate is held against the given authorities alone; a valid one is what Kestrel's
/// <see cref="Microsoft.AspNetCore.Http.Features.ITlsConnectionFeature"/> has of the connection.
/// </summary>
public sealed class ServerTls
{
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(10);

    private readonly ServerTlsOptions _options;
    private readonly ILogger _logger;
    private readonly LineBudget _lines;

    /// <exception cref="TlsFileException">One of the files cannot be read or used.</exception>
    public ServerTls(ServerTlsOptions options, TimeProvider time, ILoggerFactory loggers)
    {
        _options = options;
        _logger = loggers.CreateLogger<ServerTls>();
        _lines = new LineBudget(time);
        Credentials = new TlsCredentials(options.Files, time, _logger);
    }

    /// <summary>To be looked at regularly.</summary>
    public TlsCredentials Credentials { get; }

    public ClientCertificates Clients => _options.Clients;

    /// <summary>Null where there are no options.</summary>
    /// <exception cref="TlsFileException">One of the files cannot be read or used.</exception>
    public static ServerTls? From(ServerTlsOptions? options, TimeProvider time, ILoggerFactory loggers) =>
        options is null ? null : new ServerTls(options, time, loggers);

    /// <summary>Whether what listens there speaks TLS.</summary>
    public bool Covers(IPAddress address) => !(_options.SparesLoopback && IPAddress.IsLoopback(address));

    /// <summary>Gives Kestrel what its TLS asks for, where no host has done so.</summary>
    internal static void Prepare(KestrelServerOptions kestrel, ILoggerFactory loggers)
    {
        if (kestrel.ApplicationServices is null)
        {
            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
            builder.WebHost.UseKestrelCore();
            builder.Services.AddSingleton(loggers);
            kestrel.ApplicationServices = builder.Services.BuildServiceProvider();
        }
    }

    /// <summary>Puts TLS on an address, if it covers that.</summary>
    /// <param name="listen">The address.</param>
    /// <param name="clients">Whether its clients are asked who they are.</param>
    internal void Apply(ListenOptions listen, ClientCertificates clients)
    {
        if (Covers(listen.IPEndPoint!.Address))
        {
            listen.UseHttps(new TlsHandshakeCallbackOptions
            {
                HandshakeTimeout = HandshakeTimeout,
                OnConnection = handshake => ValueTask.FromResult(Handshake(handshake.Connection, clients)),
            });
        }
    }

    private SslServerAuthenticationOptions Handshake(ConnectionContext connection, ClientCertificates clients)
    {
        var material = Credentials.Current;
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = material.Context,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            AllowRenegotiation = false,
        };
        if (clients == ClientCertificates.Unasked)
        {
            return options;
        }

        // A resumed session would bring a certificate that was looked at under other authorities.
        options.AllowTlsResume = false;
        options.ClientCertificateRequired = true;
        options.CertificateChainPolicy = PeerTrust.Policy(material, ofClient: true);
        options.RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
            IsWelcome(connection, clients, certificate, chain, errors);
        return options;
    }

    private bool IsWelcome(
        ConnectionContext connection, ClientCertificates clients, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None || (certificate is null && clients == ClientCertificates.Optional))
        {
            return true;
        }

        if (_lines.TrySpend())
        {
            _logger.ClientRefused(connection.RemoteEndPoint?.ToString() ?? "", PeerTrust.Reason(certificate, chain, errors));
        }

        return false;
    }
}
