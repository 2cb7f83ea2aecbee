using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Snakepit.Transport;

namespace Snakepit.Tests.Unit.Transport;

/// <summary>What files of certificates may hold, and what becomes of a process when they change.</summary>
public sealed class TlsCredentialsTests : IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly EchoServer.RecordingLog _log = new();
    private readonly Clock _clock = new();

    public void Dispose() => _authority.Dispose();

    [Fact]
    public void A_file_that_is_not_there_is_named()
    {
        var missing = _authority.PathOf("missing.pem");
        Refuses(new TlsFiles(missing, _authority.Issue("server").Key, null), $"{missing} cannot be read: ");
        Refuses(_authority.Issue("server") with { Key = missing }, $"{missing} cannot be read: ");
        Refuses(new TlsFiles(null, null, missing), $"{missing} cannot be read: ");
    }

    [Fact]
    public void A_file_that_holds_something_else_is_named()
    {
        var files = _authority.Issue("server");
        var text = Write("text.pem", "hello");
        Refuses(files with { Certificate = text }, $"{text} has no certificate: ");
        Refuses(files with { Key = text }, $"{text} has no private key: ");
        Refuses(files with { Authorities = text }, $"{text} has no certificate: ");
        var damaged = Write("damaged.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        Refuses(files with { Certificate = damaged }, $"{damaged} has a damaged certificate: ");
        var large = Write("large.pem", new string('x', 5_000_000));
        Refuses(files with { Authorities = large }, $"{large} has 5000000 bytes: that is no PEM file");
    }

    [Theory]
    [InlineData("nistP256")]
    [InlineData("nistP384")]
    public void A_key_of_another_certificate_is_named_with_it(string curve)
    {
        var files = _authority.Issue("server");
        using var other = ECDsa.Create(ECCurve.CreateFromFriendlyName(curve));
        TestAuthority.WriteKey(files.Key!, other.ExportPkcs8PrivateKeyPem());
        Refuses(files, $"the key in {files.Key} does not fit the certificate in {files.Certificate}, or is damaged");
        using var rsa = RSA.Create(2048);
        TestAuthority.WriteKey(files.Key!, rsa.ExportPkcs8PrivateKeyPem());
        Refuses(files, $"the key in {files.Key} does not fit the certificate in {files.Certificate}, or is damaged");
    }

    [Fact]
    public void An_encrypted_key_is_not_supported_and_that_is_said()
    {
        var files = _authority.Issue("server");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        TestAuthority.WriteKey(files.Key!, key.ExportEncryptedPkcs8PrivateKeyPem(
            "secret", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1_000)));
        Refuses(files, $"the key in {files.Key} is encrypted, which is not supported: ");
    }

    [Fact]
    public void A_certificate_is_told_with_its_end()
    {
        var files = _authority.Issue("server", new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero), "localhost");
        var credentials = Open(files);
        Assert.Equal(
            [(LogLevel.Information, $"the certificate is CN=server of {files.Certificate}, valid until 2026-03-01 00:00:00Z")], Told());
        Assert.Equal(TimeSpan.FromDays(59), credentials.TimeLeft);
    }

    [Fact]
    public void What_has_not_changed_is_kept_and_not_told()
    {
        var credentials = Open(_authority.Issue("server"));
        var before = credentials.Current;
        Told();
        credentials.LookAgain();
        Assert.Same(before, credentials.Current);
        Assert.Empty(Told());
    }

    [Fact]
    public void New_files_take_the_place_of_the_old_ones()
    {
        var files = _authority.Issue("server");
        var credentials = Open(files);
        var before = credentials.Current.Certificate!.Thumbprint;
        Told();
        _authority.Issue("server", new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero), "localhost");
        credentials.LookAgain();
        Assert.NotEqual(before, credentials.Current.Certificate!.Thumbprint);
        Assert.Equal(
            [(LogLevel.Information, $"new connections get the new certificate CN=server of {files.Certificate}, valid until 2026-06-01 00:00:00Z")],
            Told());
    }

    [Fact]
    public void Files_that_cannot_be_used_change_nothing_and_are_told_of_once()
    {
        var files = _authority.Issue("server");
        var credentials = Open(files);
        var before = credentials.Current;
        Told();
        var key = File.ReadAllText(files.Key!);
        File.WriteAllText(files.Key!, "hello");
        credentials.LookAgain();
        credentials.LookAgain();
        Assert.Same(before, credentials.Current);
        var (level, message) = Assert.Single(Told());
        Assert.Equal(LogLevel.Warning, level);
        Assert.StartsWith(
            $"what was there before stays in use, as the new files cannot be used: {files.Key} has no private key", message, StringComparison.Ordinal);

        File.Delete(files.Key!);
        credentials.LookAgain();
        Assert.Contains("cannot be read", Assert.Single(Told()).Message, StringComparison.Ordinal);

        TestAuthority.WriteKey(files.Key!, key);
        credentials.LookAgain();
        Assert.Same(before, credentials.Current);
        Assert.Empty(Told());
    }

    [Fact]
    public void New_authorities_hold_too()
    {
        using var other = new TestAuthority("other");
        var files = new TlsFiles(null, null, _authority.Certificate);
        var credentials = Open(files);
        File.Copy(other.Certificate, _authority.Certificate, overwrite: true);
        credentials.LookAgain();
        Assert.Equal("CN=other", Assert.Single(credentials.Current.Authorities!).Subject);
        Assert.Equal([(LogLevel.Information, $"new connections are held against the new authorities of {files.Authorities}")], Told());
        Assert.Null(credentials.TimeLeft);
    }

    [Fact]
    public void The_end_of_a_certificate_is_warned_of_from_two_weeks_before_once_a_day()
    {
        var files = _authority.Issue("server", _clock.Now.AddDays(15), "localhost");
        var credentials = Open(files);
        Assert.DoesNotContain(Told(), entry => entry.Level == LogLevel.Warning);
        _clock.Now += TimeSpan.FromDays(2);
        credentials.LookAgain();
        credentials.LookAgain();
        Assert.Equal([(LogLevel.Warning, $"the certificate of {files.Certificate} ends in 13.0 days, 2026-01-16 00:00:00Z")], Told());
        _clock.Now += TimeSpan.FromDays(14);
        credentials.LookAgain();
        Assert.Equal([(LogLevel.Warning, $"the certificate of {files.Certificate} has expired, 2026-01-16 00:00:00Z: others refuse it")], Told());
        Assert.Equal(TimeSpan.FromDays(-1), credentials.TimeLeft);
    }

    [Fact]
    public void A_certificate_that_is_not_valid_yet_or_no_longer_is_warned_of_at_the_start()
    {
        Open(_authority.Issue("late", _clock.Now.AddDays(-1), "localhost"));
        Assert.Contains(Told(), entry => entry.Level == LogLevel.Warning && entry.Message.Contains("has expired", StringComparison.Ordinal));
        Open(_authority.Issue("early", _clock.Now.AddDays(400), "localhost"));
        Assert.Contains(Told(), entry => entry.Level == LogLevel.Warning && entry.Message.Contains("is not valid before", StringComparison.Ordinal));
    }

    [Fact]
    public void A_key_that_every_user_can_read_is_warned_of()
    {
        var files = _authority.Issue("server", _clock.Now.AddDays(90), "localhost");
        Open(files);
        Assert.DoesNotContain(Told(), entry => entry.Level == LogLevel.Warning);
        if (!OperatingSystem.IsWindows())
        {
            // There files have no modes.
            File.SetUnixFileMode(files.Key!, UnixFileMode.UserRead | UnixFileMode.OtherRead);
            Open(files);
            Assert.Contains((LogLevel.Warning, $"every user of this machine can read the key {files.Key}"), Told());
        }
    }

    private TlsCredentials Open(TlsFiles files) => new(files, _clock, _log);

    private void Refuses(TlsFiles files, string words) =>
        Assert.StartsWith(words, Assert.Throws<TlsFileException>(() => Open(files)).Message, StringComparison.Ordinal);

    private string Write(string file, string text)
    {
        File.WriteAllText(_authority.PathOf(file), text);
        return _authority.PathOf(file);
    }

    private List<(LogLevel Level, string Message)> Told()
    {
        var told = _log.Entries.Select(static entry => (entry.Level, entry.Message)).ToList();
        _log.Entries.Clear();
        return told;
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
