using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Snakepit.Transport;

namespace Snakepit.Serving.Doctor;

/// <summary>What is wrong with certificates that can be read and are in time, and with which all the same nobody gets in.</summary>
internal static class CertificateFit
{
    private const string ServerUse = "1.3.6.1.5.5.7.3.1";
    private const string AnyUse = "2.5.29.37.0";

    /// <summary>Null = nothing that is known of.</summary>
    /// <param name="subject">What it is for, in a word or two.</param>
    /// <param name="files">Where they are.</param>
    /// <param name="material">What they hold.</param>
    /// <param name="now">The time.</param>
    public static Finding? Misfit(string subject, TlsFiles files, TlsMaterial material, DateTimeOffset now)
    {
        if (material.Certificate is { } own)
        {
            if (Use(own) is { } uses && !uses.Contains(ServerUse) && !uses.Contains(AnyUse))
            {
                return Finding.Bad(subject, $"{files.Certificate} is not meant for servers: every client refuses it", "have one issued with the extended key usage serverAuth");
            }

            if (own.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault() is null)
            {
                return Finding.Doubtful(subject, $"{files.Certificate} names no host: most clients refuse it", "have one issued with the server's names as subjectAltName");
            }
        }

        foreach (var authority in material.Authorities ?? [])
        {
            // One that has signed itself may be its own.
            var isAuthority = authority.Extensions.OfType<X509BasicConstraintsExtension>().FirstOrDefault() is { CertificateAuthority: true };
            if (!isAuthority && authority.Subject != authority.Issuer)
            {
                return Finding.Bad(
                    subject, $"{authority.Subject} in {files.Authorities} is no authority: no certificate can be of it", "name the file of the authority that issued the clients' certificates");
            }

            if (authority.NotAfter.ToUniversalTime() < now.UtcDateTime)
            {
                return Finding.Bad(subject, $"the authority {authority.Subject} in {files.Authorities} has expired: certificates of it are refused", "replace it");
            }
        }

        return null;
    }

    /// <summary>What it may be used for; null = anything.</summary>
    private static HashSet<string>? Use(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().FirstOrDefault() is { } given
            ? [.. given.EnhancedKeyUsages.Cast<Oid>().Select(static use => use.Value!)]
            : null;
}
