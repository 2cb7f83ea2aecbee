using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Snakepit.Protocol.Access;

namespace Snakepit.Serving.Access;

/// <summary>
/// The client certificates of a file, by their SHA-256 or their subject. Who takes the connection has judged whether a
/// certificate may be trusted: a subject means nothing where anyone may have signed it.
/// </summary>
internal sealed class CertificateTable(
    IReadOnlyDictionary<string, Principal> bySha256, IReadOnlyDictionary<string, Principal> bySubject)
{
    public KnownCaller? Find(X509Certificate2 certificate)
    {
        var (sha256, subject) = (certificate.GetCertHashString(HashAlgorithmName.SHA256), certificate.Subject);
        return Find(sha256, subject, new DateTimeOffset(certificate.NotAfter.ToUniversalTime()));
    }

    private CertificateCaller? Find(string sha256, string subject, DateTimeOffset expiresAt) =>
        (bySha256.GetValueOrDefault(sha256) ?? bySubject.GetValueOrDefault(subject)) is { } principal
            ? new CertificateCaller(sha256, subject, principal, expiresAt)
            : null;

    private sealed class CertificateCaller(string sha256, string subject, Principal principal, DateTimeOffset expiresAt)
        : KnownCaller(principal, expiresAt)
    {
        private readonly DateTimeOffset _expiresAt = expiresAt;

        public override KnownCaller? FindAgain(AccessRules rules) => rules.Certificates.Find(sha256, subject, _expiresAt);
    }
}
