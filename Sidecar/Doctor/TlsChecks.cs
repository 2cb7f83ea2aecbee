using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using Snakepit.Transport;

namespace Snakepit.Sidecar.Doctor;

/// <summary>The certificate that a server would show.</summary>
internal static class TlsChecks
{
    private static readonly TimeSpan Soon = TimeSpan.FromDays(14);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static (Finding Finding, X509Certificate2? Certificate) Certificate(TlsFiles files, TimeProvider time)
    {
        const string Subject = "tls";
        try
        {
            var credentials = new TlsCredentials(files, time, NullLogger.Instance);
            var left = credentials.TimeLeft ?? TimeSpan.Zero;
            var text = string.Create(CultureInfo.InvariantCulture, $"{files.Certificate} is valid for {left.TotalDays:0} more days");
            return (
                left <= TimeSpan.Zero ? Finding.Bad(Subject, $"{files.Certificate} has expired", "replace it; a running server takes the new one within 10 s")
                    : left < Soon ? Finding.Doubtful(Subject, text, "replace it; a running server takes the new one within 10 s")
                    : Finding.Good(Subject, text),
                credentials.Current.Certificate);
        }
        catch (TlsFileException wrong)
        {
            return (Finding.Bad(Subject, wrong.Message, "a server would not start with it"), null);
        }
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
