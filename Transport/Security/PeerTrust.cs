using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Snakepit.Transport;

/// <summary>How the other side's certificate is held against the authorities, and what is wrong with one that is refused.</summary>
public static class PeerTrust
{
    private static readonly Oid ServerUse = new("1.3.6.1.5.5.7.3.1");
    private static readonly Oid ClientUse = new("1.3.6.1.5.5.7.3.2");

    /// <summary>
    /// For one handshake, which adds to it what the other side sent. Nothing is fetched: no missing certificate, no list of
    /// revoked ones.
    /// </summary>
    /// <param name="material">Whom to believe.</param>
    /// <param name="ofClient">Whether the other side is the client.</param>
    public static X509ChainPolicy Policy(TlsMaterial material, bool ofClient)
    {
        var policy = new X509ChainPolicy
        {
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.ApplicationPolicy.Add(ofClient ? ClientUse : ServerUse);
        if (material.Authorities is { } authorities)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(authorities);
        }

        return policy;
    }

    /// <summary>Why a certificate was refused, to end the sentence "its certificate …".</summary>
    /// <param name="certificate">Null = there was none.</param>
    /// <param name="chain">As built with a policy of <see cref="Policy"/>.</param>
    /// <param name="errors">What is wrong.</param>
    /// <param name="name">The name it should have.</param>
    public static string Reason(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors, string name = "")
    {
        if (certificate is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
        {
            return "is missing";
        }

        if (!errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
        {
            return $"{certificate.Subject} is not for the name {name} but for {NamesOf(certificate)}";
        }

        // The gravest first: an unknown authority can say anything of times and uses.
        var flags = (chain?.ChainStatus ?? []).Aggregate(X509ChainStatusFlags.NoError, (all, status) => all | status.Status);
        return flags switch
        {
            _ when (flags & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) != 0 =>
                $"{certificate.Subject} comes from an authority that is not trusted: {certificate.Issuer}",
            _ when (flags & X509ChainStatusFlags.NotTimeValid) != 0 =>
                $"{certificate.Subject} is valid from {certificate.GetEffectiveDateString()} to {certificate.GetExpirationDateString()} only",
            _ when (flags & X509ChainStatusFlags.NotValidForUsage) != 0 => $"{certificate.Subject} is not meant for this use",
            _ => $"{certificate.Subject} is not valid: {flags}",
        };
    }

    private static string NamesOf(X509Certificate certificate)
    {
        using var read = new X509Certificate2(certificate);
        var names = read.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(static names => names.EnumerateDnsNames().Concat(names.EnumerateIPAddresses().Select(static address => address.ToString())))
            .ToList();
        return names is [] ? certificate.Subject : string.Join(", ", names);
    }
}
