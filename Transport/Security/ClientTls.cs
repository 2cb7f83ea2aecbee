using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Snakepit.Transport;

/// <summary>TLS on the connections of a channel: TLS 1.2 or later, HTTP/2 or nothing.</summary>
/// <param name="credentials">Whom to believe, and what to show a server that asks for a certificate. New ones hold for new connections.</param>
/// <param name="serverName">The name that the server's certificate must have; null = the host that is connected to.</param>
public sealed class ClientTls(TlsCredentials credentials, string? serverName = null)
{
    /// <summary>Whether it has a certificate to show.</summary>
    internal bool HasCertificate => credentials.Current.Certificate is not null;

    /// <summary>Connects, and shakes hands.</summary>
    /// <exception cref="AuthenticationException">The server's certificate is refused: the message says why. Or it does not speak TLS.</exception>
    internal async ValueTask<Stream> ConnectAsync(DnsEndPoint server, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(server, cancellation);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        var connection = new SslStream(new NetworkStream(socket, ownsSocket: true));
        var name = serverName ?? server.Host;
        var refusal = "";
        try
        {
            await connection.AuthenticateAsClientAsync(Handshake(name, reason => refusal = reason), cancellation);
            return connection;
        }
        catch (AuthenticationException failed)
        {
            await connection.DisposeAsync();
            throw refusal.Length > 0 ? new AuthenticationException($"its certificate {refusal}", failed) : failed;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private SslClientAuthenticationOptions Handshake(string name, Action<string> refuse)
    {
        var material = credentials.Current;
        return new SslClientAuthenticationOptions
        {
            TargetHost = name,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ApplicationProtocols = [SslApplicationProtocol.Http2],
            ClientCertificateContext = material.Context,
            CertificateChainPolicy = PeerTrust.Policy(material, ofClient: false),
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
            {
                if (errors != SslPolicyErrors.None)
                {
                    refuse(PeerTrust.Reason(certificate, chain, errors, name));
                }

                return errors == SslPolicyErrors.None;
            },
        };
    }
}
