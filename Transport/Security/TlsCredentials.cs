using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace Snakepit.Transport;

/// <summary>
/// Who a process is and whom it believes, as its files say it now. Whoever owns it has it look at the files regularly; new
/// contents hold for new connections. Files that cannot be used change nothing and are told of once.
/// </summary>
public sealed class TlsCredentials
{
    /// <summary>How often files are looked at.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>A certificate with less time left is warned of, once a day.</summary>
    private static readonly TimeSpan EndsSoon = TimeSpan.FromDays(14);
    private static readonly TimeSpan BetweenWarnings = TimeSpan.FromDays(1);

    private readonly TlsFiles _files;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private volatile TlsMaterial _current;
    private string? _told;
    private DateTimeOffset _warned = DateTimeOffset.MinValue;

    /// <param name="files">Where they are.</param>
    /// <param name="time">The clock that certificates are held against.</param>
    /// <param name="logger">Told of new certificates, and of what is wrong with them.</param>
    /// <exception cref="TlsFileException">One of the files cannot be read or used.</exception>
    public TlsCredentials(TlsFiles files, TimeProvider time, ILogger logger)
    {
        (_files, _time, _logger) = (files, time, logger);
        _current = TlsMaterial.Read(files);
        Tell(_current, isNew: false);
    }

    public TlsFiles Files => _files;

    public TlsMaterial Current => _current;

    /// <summary>How long its own certificate is still valid; negative = it has expired. Null = it has none.</summary>
    public TimeSpan? TimeLeft => _current.Certificate is { } certificate ? EndOf(certificate) - _time.GetUtcNow() : null;

    /// <summary>Looks whether the files have changed. One caller at a time.</summary>
    public void LookAgain()
    {
        try
        {
            var found = _current.ReadAgain(_files);
            if (found != _current)
            {
                _current = found;
                Tell(found, isNew: true);
            }
            else
            {
                WarnOfEnd(found);
            }

            _told = null;
        }
        catch (TlsFileException unusable) when (unusable.Message == _told)
        {
            // Nothing new.
        }
        catch (TlsFileException unusable)
        {
            _told = unusable.Message;
            _logger.CertificateUnusable(unusable.Message);
        }
    }

    private static DateTimeOffset EndOf(X509Certificate2 certificate) => new(certificate.NotAfter.ToUniversalTime());

    private void Tell(TlsMaterial material, bool isNew)
    {
        _warned = DateTimeOffset.MinValue;
        if (material.Certificate is not { } certificate)
        {
            if (isNew)
            {
                _logger.AuthoritiesReplaced(_files.Authorities!);
            }

            return;
        }

        if (isNew)
        {
            _logger.CertificateReplaced(certificate.Subject, _files.Certificate!, EndOf(certificate));
        }
        else
        {
            _logger.CertificateLoaded(certificate.Subject, _files.Certificate!, EndOf(certificate));
        }

        if (material.IsKeyOpenToAll)
        {
            _logger.KeyOpenToAll(_files.Key!);
        }

        var begin = new DateTimeOffset(certificate.NotBefore.ToUniversalTime());
        if (begin > _time.GetUtcNow())
        {
            _logger.CertificateNotYetValid(_files.Certificate!, begin);
        }

        WarnOfEnd(material);
    }

    private void WarnOfEnd(TlsMaterial material)
    {
        var now = _time.GetUtcNow();
        if (material.Certificate is not { } certificate
            || EndOf(certificate) - now > EndsSoon
            || now - _warned < BetweenWarnings)
        {
            return;
        }

        _warned = now;
        var end = EndOf(certificate);
        if (end > now)
        {
            _logger.CertificateEndsSoon(_files.Certificate!, (end - now).TotalDays, end);
        }
        else
        {
            _logger.CertificateExpired(_files.Certificate!, end);
        }
    }
}
