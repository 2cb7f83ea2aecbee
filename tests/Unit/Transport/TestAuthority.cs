using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Snakepit.Transport;

namespace Snakepit.Tests.Unit.Transport;

/// <summary>An authority that a test makes, with a folder for what it signs.</summary>
internal sealed class TestAuthority : IDisposable
{
    public const string ServerUse = "1.3.6.1.5.5.7.3.1";
    public const string ClientUse = "1.3.6.1.5.5.7.3.2";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("snakepit-tls-");
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _certificate;

    /// <param name="name">What it is called.</param>
    /// <param name="parent">Who signs it; null = nobody but itself.</param>
    public TestAuthority(string name = "authority", TestAuthority? parent = null)
    {
        var request = new CertificateRequest($"CN={name}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var (begin, end) = (DateTimeOffset.UtcNow.AddYears(-9), DateTimeOffset.UtcNow.AddYears(9));
        if (parent is null)
        {
            _certificate = request.CreateSelfSigned(begin.AddDays(-1), end.AddDays(1));
        }
        else
        {
            using var signed = request.Create(parent._certificate, begin, end, Guid.NewGuid().ToByteArray());
            _certificate = signed.CopyWithPrivateKey(_key);
        }

        File.WriteAllText(Certificate, $"{_certificate.ExportCertificatePem()}\n");
    }

    /// <summary>The file of its own certificate.</summary>
    public string Certificate => PathOf("authority.pem");

    public string PathOf(string file) => Path.Combine(_folder.FullName, file);

    /// <summary>Signs a certificate for localhost and 127.0.0.1, and writes it and its key to files of that name.</summary>
    public TlsFiles Issue(string name, params string[] uses) => Issue(name, DateTimeOffset.UtcNow.AddDays(90), "localhost", uses);

    /// <summary>Signs a certificate for a host, over what the files of that name held.</summary>
    public TlsFiles Issue(string name, DateTimeOffset end, string host, params string[] uses)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        if (host == "localhost")
        {
            names.AddIpAddress(IPAddress.Loopback);
        }

        request.CertificateExtensions.Add(names.Build());
        var oids = new OidCollection();
        foreach (var use in uses is [] ? [ServerUse, ClientUse] : uses)
        {
            oids.Add(new Oid(use));
        }

        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(oids, critical: false));
        using var certificate = request.Create(_certificate, end.AddYears(-1), end, Guid.NewGuid().ToByteArray());
        var files = new TlsFiles(PathOf($"{name}.pem"), PathOf($"{name}.key"), Certificate);
        File.WriteAllText(files.Certificate!, $"{certificate.ExportCertificatePem()}\n");
        WriteKey(files.Key!, key.ExportPkcs8PrivateKeyPem());
        return files;
    }

    /// <summary>Writes a key as one should: for its owner only.</summary>
    public static void WriteKey(string file, string text)
    {
        File.WriteAllText(file, text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    public void Dispose()
    {
        _certificate.Dispose();
        _key.Dispose();
        _folder.Delete(recursive: true);
    }
}
