using Microsoft.Extensions.Logging;

namespace Snakepit.Silo;

/// <summary>Every log event of this project.</summary>
internal static partial class SiloLog
{
    [LoggerMessage(1, LogLevel.Information, "joined cluster {ClusterId}, on port {SiloPort} for silos and {ClientPort} for gateways")]
    public static partial void Joined(this ILogger logger, string clusterId, int siloPort, int clientPort);

    [LoggerMessage(2, LogLevel.Information, "left the cluster")]
    public static partial void Left(this ILogger logger);

    [LoggerMessage(3, LogLevel.Warning, "silo {Silo} is gone without having left the cluster; taken out of it")]
    public static partial void Fallen(this ILogger logger, string silo);

    [LoggerMessage(4, LogLevel.Debug, "cannot look for silos that are gone: {Cause}")]
    public static partial void CannotLookForFallenSilos(this ILogger logger, string cause);
}
