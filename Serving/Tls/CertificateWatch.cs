using Microsoft.Extensions.Logging;
using Snakepit.Transport;

namespace Snakepit.Serving.Tls;

/// <summary>Looks every ten seconds whether certificates have changed, so that no server need be started anew for them.</summary>
public static class CertificateWatch
{
    public static Sweep Start(TlsCredentials credentials, TimeProvider time, ILogger logger) => Sweep.Every(
        TlsCredentials.Interval,
        _ =>
        {
            credentials.LookAgain();
            return Task.CompletedTask;
        },
        time,
        logger);
}
