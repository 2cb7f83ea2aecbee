using System.Net;
using Microsoft.Extensions.Logging;
using Snakepit.Sessions;

namespace Snakepit.Sidecar;

/// <summary>Every log event of this project. None carries a value, unless a worker prints one.</summary>
internal static partial class SidecarLog
{
    [LoggerMessage(1, LogLevel.Information, "serving on port {Port}, sessions: {Sessions}, kept in {Store}")]
    public static partial void Serving(this ILogger logger, int port, long sessions, string store);

    [LoggerMessage(2, LogLevel.Information, "stopped")]
    public static partial void Stopped(this ILogger logger);

    [LoggerMessage(3, LogLevel.Error, "the store failed session {Session}: {Cause}")]
    public static partial void StoreFailed(this ILogger logger, SessionKey session, string cause, Exception? exception);

    [LoggerMessage(4, LogLevel.Information, "{Count} calculations expired")]
    public static partial void CalculationsExpired(this ILogger logger, int count);

    [LoggerMessage(5, LogLevel.Information, "worker {Worker} is up: process {ProcessId} on {Address}")]
    public static partial void WorkerUp(this ILogger logger, string worker, int processId, string address);

    [LoggerMessage(6, LogLevel.Warning, "worker {Worker} (process {ProcessId}) {How}; it is launched again in {Seconds:0.#} s")]
    public static partial void WorkerEnded(this ILogger logger, string worker, int processId, string how, double seconds);

    [LoggerMessage(7, LogLevel.Warning, "worker {Worker} (process {ProcessId}) has not ended within {Seconds:0.#} s and is killed")]
    public static partial void WorkerKilled(this ILogger logger, string worker, int processId, double seconds);

    [LoggerMessage(8, LogLevel.Information, "{Worker} ({ProcessId}): {Line}")]
    public static partial void WorkerPrinted(this ILogger logger, string worker, int processId, string line);

    [LoggerMessage(9, LogLevel.Warning, "{Worker} ({ProcessId}): {Lines} more lines were left out")]
    public static partial void WorkerLinesLeftOut(this ILogger logger, string worker, int processId, long lines);

    [LoggerMessage(10, LogLevel.Information, "{Workers} workers are being launched: {Program}")]
    public static partial void WorkersLaunched(this ILogger logger, int workers, string program);

    [LoggerMessage(11, LogLevel.Error, "worker {Worker} could not be looked after")]
    public static partial void SupervisionFailed(this ILogger logger, string worker, Exception exception);

    [LoggerMessage(12, LogLevel.Warning, "launched workers call {EndPoint} by TLS, which those of the public project do not speak; --cleartext-loopback spares them")]
    public static partial void WorkersNeedTls(this ILogger logger, IPEndPoint endPoint);
}
