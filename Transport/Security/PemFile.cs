using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Snakepit.Transport;

/// <summary>What one PEM file held when it was read.</summary>
internal sealed class PemFile
{
    /// <summary>Far above a system's whole list of authorities; what is larger is some other file.</summary>
    private const int MaxBytes = 4 * 1024 * 1024;

    private PemFile(string path, byte[] bytes)
    {
        Path = path;
        Bytes = bytes;
    }

    public string Path { get; }

    public byte[] Bytes { get; }

    /// <exception cref="TlsFileException">It cannot be read.</exception>
    public static PemFile Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            if (file.Length > MaxBytes)
            {
                throw new TlsFileException($"{path} has {file.Length} bytes: that is no PEM file");
            }

            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return new PemFile(path, bytes);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new TlsFileException($"{path} cannot be read: {unreadable.Message}", unreadable);
        }
    }

    /// <summary>All certificates in it, at least one.</summary>
    /// <exception cref="TlsFileException">It has none, or one that is damaged.</exception>
    public X509Certificate2Collection Certificates()
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(Text());
        }
        catch (CryptographicException damaged)
        {
            throw new TlsFileException($"{Path} has a damaged certificate: {damaged.Message}", damaged);
        }

        return certificates is []
            ? throw new TlsFileException($"{Path} has no certificate: a PEM file with 'BEGIN CERTIFICATE' is expected")
            : certificates;
    }

    /// <summary>The certificate together with the key that this file holds.</summary>
    /// <param name="certificates">Where the certificate comes from; it is the first one there.</param>
    /// <exception cref="TlsFileException">There is no key here, it is encrypted, or it is another certificate's.</exception>
    public X509Certificate2 KeyOf(PemFile certificates)
    {
        var text = Text();
        if (text.Contains("BEGIN ENCRYPTED PRIVATE KEY", StringComparison.Ordinal)
            || text.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal))
        {
            throw new TlsFileException(
                $"the key in {Path} is encrypted, which is not supported: give it without a passphrase, in a file that only this user can read");
        }

        if (!text.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
        {
            throw new TlsFileException($"{Path} has no private key: a PEM file with 'BEGIN PRIVATE KEY' is expected");
        }

        try
        {
            return X509Certificate2.CreateFromPem(certificates.Text(), text);
        }
        catch (Exception wrong) when (wrong is CryptographicException or ArgumentException or NotSupportedException)
        {
            throw new TlsFileException($"the key in {Path} does not fit the certificate in {certificates.Path}, or is damaged", wrong);
        }
    }

    /// <summary>Whether users of this machine other than its owner and its group can read it.</summary>
    public bool IsOpenToAll() => !OperatingSystem.IsWindows()
        && (File.GetUnixFileMode(Path) & UnixFileMode.OtherRead) != 0;

    private string Text() => Encoding.UTF8.GetString(Bytes);
}
