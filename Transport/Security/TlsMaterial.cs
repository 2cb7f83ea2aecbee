using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Snakepit.Transport;

/// <summary>What a process's TLS files held at one moment. Never changes: new contents make a new one.</summary>
public sealed class TlsMaterial
{
    private readonly byte[] _fingerprint;
    private readonly PemFile? _key;

    private TlsMaterial(PemFile? certificate, PemFile? key, PemFile? authorities)
    {
        _fingerprint = Fingerprint(certificate, key, authorities);
        _key = key;
        Authorities = authorities?.Certificates();
        if (certificate is null || key is null)
        {
            return;
        }

        var chain = certificate.Certificates();
        Certificate = key.KeyOf(certificate);
        chain.RemoveAt(0);

        try
        {
            // Offline: what is missing from the chain is not fetched from wherever the certificate says.
            Context = SslStreamCertificateContext.Create(Certificate, chain, offline: true);
        }
        catch (CryptographicException unusable)
        {
            throw new TlsFileException($"the certificate in {certificate.Path} cannot be used: {unusable.Message}", unusable);
        }
    }

    /// <summary>The process's own; null = it has none.</summary>
    public X509Certificate2? Certificate { get; }

    /// <summary>The same with what leads to its authority, as a handshake wants it.</summary>
    public SslStreamCertificateContext? Context { get; }

    /// <summary>Those whose certificates are believed; null = the system's.</summary>
    public X509Certificate2Collection? Authorities { get; }

    /// <summary>The key's file can be read by every user of the machine.</summary>
    internal bool IsKeyOpenToAll => _key?.IsOpenToAll() ?? false;

    /// <exception cref="TlsFileException">One of them cannot be read or used.</exception>
    internal static TlsMaterial Read(TlsFiles files)
    {
        var (certificate, key, authorities) = ReadAll(files);
        return new TlsMaterial(certificate, key, authorities);
    }

    /// <summary>This one, if the files are as they were; else what they hold now.</summary>
    /// <exception cref="TlsFileException">One of them cannot be read or used.</exception>
    internal TlsMaterial ReadAgain(TlsFiles files)
    {
        var (certificate, key, authorities) = ReadAll(files);
        return Fingerprint(certificate, key, authorities).AsSpan().SequenceEqual(_fingerprint)
            ? this
            : new TlsMaterial(certificate, key, authorities);
    }

    private static (PemFile? Certificate, PemFile? Key, PemFile? Authorities) ReadAll(TlsFiles files) =>
        (ReadIf(files.Certificate), ReadIf(files.Key), ReadIf(files.Authorities));

    private static PemFile? ReadIf(string? path) => path is null ? null : PemFile.Read(path);

    // By contents: times say nothing where a link is turned to another folder, as in Kubernetes. Of a key no copy is kept.
    private static byte[] Fingerprint(params ReadOnlySpan<PemFile?> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files)
        {
            hash.AppendData(SHA256.HashData(file?.Bytes ?? []));
        }

        return hash.GetHashAndReset();
    }
}
