using System.Net;
using Microsoft.Extensions.Logging;

namespace Snakepit.Transport;

/// <summary>Every log event of this project.</summary>
internal static partial class TransportLog
{
    [LoggerMessage(1, LogLevel.Information, "listening on {EndPoint}")]
    public static partial void Listening(this ILogger logger, IPEndPoint endPoint);

    [LoggerMessage(2, LogLevel.Information, "no new calls; calls in flight get {Seconds:0.#} s")]
    public static partial void Draining(this ILogger logger, double seconds);

    [LoggerMessage(3, LogLevel.Error, "{Path} failed, correlation id {CorrelationId}")]
    public static partial void CallFailed(this ILogger logger, string path, string correlationId, Exception exception);

    [LoggerMessage(4, LogLevel.Error, "{Path} failed after its deadline had ended the call")]
    public static partial void FailedAfterDeadline(this ILogger logger, string path, Exception exception);

    [LoggerMessage(5, LogLevel.Error, "a callback on the cancellation of {Path} failed")]
    public static partial void CancellationCallbackFailed(this ILogger logger, string path, Exception exception);

    [LoggerMessage(6, LogLevel.Information, "the certificate is {Subject} of {File}, valid until {End:u}")]
    public static partial void CertificateLoaded(this ILogger logger, string subject, string file, DateTimeOffset end);

    [LoggerMessage(7, LogLevel.Information, "new connections get the new certificate {Subject} of {File}, valid until {End:u}")]
    public static partial void CertificateReplaced(this ILogger logger, string subject, string file, DateTimeOffset end);

    [LoggerMessage(8, LogLevel.Information, "new connections are held against the new authorities of {File}")]
    public static partial void AuthoritiesReplaced(this ILogger logger, string file);

    [LoggerMessage(9, LogLevel.Warning, "what was there before stays in use, as the new files cannot be used: {Reason}")]
    public static partial void CertificateUnusable(this ILogger logger, string reason);

    [LoggerMessage(10, LogLevel.Warning, "the certificate of {File} ends in {Days:0.0} days, {End:u}")]
    public static partial void CertificateEndsSoon(this ILogger logger, string file, double days, DateTimeOffset end);

    [LoggerMessage(11, LogLevel.Warning, "the certificate of {File} has expired, {End:u}: others refuse it")]
    public static partial void CertificateExpired(this ILogger logger, string file, DateTimeOffset end);

    [LoggerMessage(12, LogLevel.Warning, "the certificate of {File} is not valid before {Begin:u}: others refuse it until then")]
    public static partial void CertificateNotYetValid(this ILogger logger, string file, DateTimeOffset begin);

    [LoggerMessage(13, LogLevel.Warning, "every user of this machine can read the key {File}")]
    public static partial void KeyOpenToAll(this ILogger logger, string file);

    [LoggerMessage(15, LogLevel.Warning, "{Count} new connections were closed at once: {Limit} are open, as many as may be")]
    public static partial void ConnectionsRefused(this ILogger logger, long count, int limit);

    [LoggerMessage(16, LogLevel.Warning, "{Count} calls were refused: requests that are not all there yet hold {Limit} bytes, as many as may be")]
    public static partial void IncompleteRefused(this ILogger logger, long count, long limit);

    [LoggerMessage(14, LogLevel.Information, "{Peer} is refused: its certificate {Reason}")]
    public static partial void ClientRefused(this ILogger logger, string peer, string reason);
}
