using System.Net.Security;
using System.Security.Authentication;
using Microsoft.Extensions.Logging;
using Orleans.Connections.Security;
using Snakepit.Transport;

namespace Snakepit.GrpcGateway.Cluster;

/// <summary>
/// Mutual TLS between the processes of a cluster. Whoever has a certificate of the cluster's authority belongs to it: names
/// are not looked at, as silos come and go at any address.
/// </summary>
public static class ClusterTls
{
    /// <summary>Sets up one side or both; certificates are those that the files hold when a connection is made.</summary>
    public static void Apply(TlsOptions options, TlsCredentials credentials, ILogger logger)
    {
        var lines = new LineBudget(TimeProvider.System);

        // Orleans asks for one, whatever stands in the handshake below.
        options.LocalCertificate = credentials.Current.Certificate;
        options.RemoteCertificateMode = RemoteCertificateMode.RequireCertificate;
        options.ClientCertificateMode = RemoteCertificateMode.RequireCertificate;
        options.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
        options.CheckCertificateRevocation = false;
        options.OnAuthenticateAsServer = (_, handshake) => Prepare((SslServerAuthenticationOptions)handshake.SslServerAuthenticationOptions, credentials);
        options.OnAuthenticateAsClient = (_, handshake) => Prepare((SslClientAuthenticationOptions)handshake.SslClientAuthenticationOptions, credentials);
        options.RemoteCertificateValidation = (certificate, chain, errors) =>
        {
            errors &= ~SslPolicyErrors.RemoteCertificateNameMismatch;
            if (errors != SslPolicyErrors.None && lines.TrySpend())
            {
                logger.ClusterPeerRefused(PeerTrust.Reason(certificate, chain, errors));
            }

            return errors == SslPolicyErrors.None;
        };
    }

    private static void Prepare(SslServerAuthenticationOptions handshake, TlsCredentials credentials)
    {
        var material = credentials.Current;
        handshake.ServerCertificate = null;
        handshake.ServerCertificateSelectionCallback = null;
        handshake.ServerCertificateContext = material.Context;
        handshake.ClientCertificateRequired = true;
        handshake.AllowTlsResume = false;
        handshake.CertificateChainPolicy = PeerTrust.Policy(material, ofClient: true);
    }

    private static void Prepare(SslClientAuthenticationOptions handshake, TlsCredentials credentials)
    {
        var material = credentials.Current;
        handshake.ClientCertificates = null;
        handshake.LocalCertificateSelectionCallback = null;
        handshake.ClientCertificateContext = material.Context;
        handshake.CertificateChainPolicy = PeerTrust.Policy(material, ofClient: false);
    }
}
