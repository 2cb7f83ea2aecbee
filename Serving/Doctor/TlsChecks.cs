using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using Snakepit.Transport;

namespace Snakepit.Serving.Doctor;

/// <summary>The certificate that a server would show.</summary>
public static class TlsChecks
{
    private static readonly TimeSpan Soon = TimeSpan.FromDays(14);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <param name="subject">What it is for, in a word or two.</param>
    /// <param name="files">Where it is.</param>
    /// <param name="time">The clock.</param>
    /// <returns>Null = it cannot be used.</returns>
    public static (Finding Finding, X509Certificate2? Certificate) Certificate(string subject, TlsFiles files, TimeProvider time)
    {
        try
        {
            var credentials = new TlsCredentials(files, time, NullLogger.Instance);
            var left = credentials.TimeLeft ?? TimeSpan.Zero;
            var text = string.Create(CultureInfo.InvariantCulture, $"{files.Certificate} is valid for {left.TotalDays:0} more days");
            return (
                left <= TimeSpan.Zero ? Finding.Bad(subject, $"{files.Certificate} has expired", "replace it; a running server takes the new one within 10 s")
                    : CertificateFit.Misfit(subject, files, credentials.Current, time.GetUtcNow()) is { } misfit ? misfit
                    : left < Soon ? Finding.Doubtful(subject, text, "replace it; a running server takes the new one within 10 s")
                    : Finding.Good(subject, text),
                credentials.Current.Certificate);
        }
        catch (TlsFileException wrong)
        {
            return (Finding.Bad(subject, wrong.Message, "a server would not start with it"), null);
        }
    }

    /// <summary>
    /// The certificate by which a process is part of a cluster: it must be of the authority that it believes itself, for
    /// use as server and client.
    /// </summary>
    public static Finding OfCluster(TlsFiles files, TimeProvider time)
    {
        const string Subject = "cluster tls";
        var (finding, certificate) = Certificate(Subject, files, time);
        if (certificate is null)
        {
            return finding;
        }

        var material = new TlsCredentials(files, time, NullLogger.Instance).Current;
        foreach (var ofClient in new[] { false, true })
        {
            using var chain = new X509Chain { ChainPolicy = PeerTrust.Policy(material, ofClient) };
            foreach (var between in material.Context?.IntermediateCertificates ?? [])
            {
                chain.ChainPolicy.ExtraStore.Add(between);
            }

            if (!chain.Build(certificate))
            {
                var reason = PeerTrust.Reason(certificate, chain, SslPolicyErrors.RemoteCertificateChainErrors);
                return Finding.Bad(
                    Subject,
                    $"the others would refuse its certificate as a {(ofClient ? "client" : "server")}'s: it {reason}",
                    "have it signed by the authority in --cluster-tls-ca, for use as server and client");
            }
        }

        return finding;
    }

    /// <summary>Whether what listens there shows that very certificate.</summary>
    public static async Task<bool> IsShownAtAsync(GrpcEndpoint endpoint, X509Certificate2 certificate)
    {
        using var late = new CancellationTokenSource(Patience);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(endpoint.Host, endpoint.Port, late.Token);
            await using var tls = new SslStream(client.GetStream());

            // Nothing is said on it: whose it is, is the question.
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = endpoint.Host,
                    ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
                    RemoteCertificateValidationCallback = (_, shown, _, _) =>
                        shown is not null && shown.GetRawCertData().AsSpan().SequenceEqual(certificate.RawDataMemory.Span),
                },
                late.Token);
            return true;
        }
        catch (Exception failure) when (failure is SocketException or IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
        {
            return false;
        }
    }
}
