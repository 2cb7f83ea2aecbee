using Microsoft.Extensions.Logging;
using Snakepit.Sessions;

namespace Snakepit.GrpcGateway;

/// <summary>Every log event of this project's own. None carries a value.</summary>
internal static partial class GatewayLog
{
    [LoggerMessage(1, LogLevel.Warning, "the stream of session {Session} could not be subscribed to or left; its watchers go by the log: {Cause}")]
    public static partial void StreamFailed(this ILogger logger, SessionKey session, string cause);

    [LoggerMessage(2, LogLevel.Debug, "the interest in session {Session} could not be withdrawn, it lapses by itself: {Cause}")]
    public static partial void InterestNotWithdrawn(this ILogger logger, SessionKey session, string cause);

    [LoggerMessage(3, LogLevel.Warning, "the store could not be asked for the watched sessions, it will be asked again: {Cause}")]
    public static partial void PollFailed(this ILogger logger, string cause);

    [LoggerMessage(4, LogLevel.Warning, "the interest in session {Session} could not be renewed, it will be tried again: {Cause}")]
    public static partial void RenewalFailed(this ILogger logger, SessionKey session, string cause);

    [LoggerMessage(5, LogLevel.Information, "the stream of session {Session} has fallen silent and is subscribed to anew")]
    public static partial void ListeningAnew(this ILogger logger, SessionKey session);

    [LoggerMessage(6, LogLevel.Warning, "calculation {Token} did not answer: {Cause}")]
    public static partial void CalculationUnanswered(this ILogger logger, string token, string cause);

    [LoggerMessage(9, LogLevel.Warning, "the other gateways could not be told of hosts of tools, nor asked for theirs: {Cause}")]
    public static partial void HostExchangeFailed(this ILogger logger, string cause);

    [LoggerMessage(10, LogLevel.Warning, "the services did not stop within {Patience}; they are left where they are")]
    public static partial void ServicesNotStopped(this ILogger logger, TimeSpan patience);

    [LoggerMessage(12, LogLevel.Warning, "the calculations could not be counted, so that none is opened: {Cause}")]
    public static partial void CalculationsUncounted(this ILogger logger, string cause);

    [LoggerMessage(11, LogLevel.Warning, "a process is refused that would be part of the cluster: its certificate {Reason}")]
    public static partial void ClusterPeerRefused(this ILogger logger, string reason);

    [LoggerMessage(13, LogLevel.Warning, "the silo at {Silo} cannot be reached from here; calls go by others")]
    public static partial void SiloUnreachable(this ILogger logger, string silo);

    [LoggerMessage(14, LogLevel.Information, "the silo at {Silo} can be reached again")]
    public static partial void SiloReachable(this ILogger logger, string silo);

    [LoggerMessage(15, LogLevel.Warning, "a session could not be reached for {Patience}: {Cause}")]
    public static partial void SessionNotReached(this ILogger logger, TimeSpan patience, string cause);
}
