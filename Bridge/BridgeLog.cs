using Microsoft.Extensions.Logging;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Bridge;

/// <summary>Every log event of this project. None carries a value.</summary>
internal static partial class BridgeLog
{
    [LoggerMessage(1, LogLevel.Error, "The store refused to serve calculation {Token}; outcome unknown: {OutcomeUnknown}. {Cause}")]
    public static partial void CalculationStoreFailed(this ILogger logger, string token, bool outcomeUnknown, string cause);

    [LoggerMessage(10, LogLevel.Information, "Session {SessionId} initialized by {Peer}")]
    public static partial void SessionInitialized(this ILogger logger, string sessionId, string peer);

    [LoggerMessage(11, LogLevel.Information, "Session {SessionId} ended by {Peer}, {Removed} resources removed")]
    public static partial void SessionCleanedUp(this ILogger logger, string sessionId, string peer, int removed);

    [LoggerMessage(12, LogLevel.Information, "Variable {VariableId} of type {Type} registered in session {SessionId}")]
    public static partial void VariableRegistered(this ILogger logger, string variableId, string type, string sessionId);

    [LoggerMessage(13, LogLevel.Information, "Variable {Variable} deleted from session {SessionId}")]
    public static partial void VariableDeleted(this ILogger logger, string variable, string sessionId);

    [LoggerMessage(14, LogLevel.Debug, "{Method} refused for session {SessionId}: {Code}")]
    public static partial void CallRefused(this ILogger logger, string method, string sessionId, RpcCode code);

    [LoggerMessage(15, LogLevel.Information, "{Count} tools of worker {WorkerId} registered with session {SessionId}")]
    public static partial void ToolsRegistered(this ILogger logger, int count, string workerId, string sessionId);

    [LoggerMessage(20, LogLevel.Information, "Watch of session {SessionId} by {Peer} started")]
    public static partial void WatchStarted(this ILogger logger, string sessionId, string peer);

    [LoggerMessage(21, LogLevel.Information, "Watch of session {SessionId} by {Peer} ended: {Code} {Reason}")]
    public static partial void WatchEnded(this ILogger logger, string sessionId, string peer, RpcCode code, string reason);

    [LoggerMessage(22, LogLevel.Warning, "The feed of session {SessionId} could not be attached, will be tried again: {Cause}")]
    public static partial void FeedLost(this ILogger logger, string sessionId, string cause);

    [LoggerMessage(23, LogLevel.Information, "Watch of session {SessionId} by {Peer} was left by its caller")]
    public static partial void WatchLeft(this ILogger logger, string sessionId, string peer);

    [LoggerMessage(24, LogLevel.Warning, "The store failed a call on session {SessionId}: {Cause}")]
    public static partial void StoreFailed(this ILogger logger, string sessionId, string cause);

    [LoggerMessage(25, LogLevel.Warning, "not ready: {Reason}")]
    public static partial void NotReady(this ILogger logger, string reason);

    [LoggerMessage(26, LogLevel.Information, "ready")]
    public static partial void Ready(this ILogger logger);

    [LoggerMessage(30, LogLevel.Information, "Host {HostId} attached, by {Peer}")]
    public static partial void HostAttached(this ILogger logger, string hostId, string peer);

    [LoggerMessage(31, LogLevel.Information, "Host {HostId} of {Peer} detached: {Code} {Reason}")]
    public static partial void HostDetached(this ILogger logger, string hostId, string peer, RpcCode code, string reason);

    [LoggerMessage(32, LogLevel.Warning, "Host {HostId} of {Peer} was lost: {Cause}")]
    public static partial void HostLost(this ILogger logger, string hostId, string peer, string cause);

    [LoggerMessage(33, LogLevel.Information, "Host {HostId} could not take back tools of session {SessionId}: {Reason}")]
    public static partial void WithdrawalRefused(this ILogger logger, string hostId, string sessionId, string reason);

    [LoggerMessage(34, LogLevel.Information, "Worker {WorkerId} at {Address} answers")]
    public static partial void WorkerUp(this ILogger logger, string workerId, string address);

    [LoggerMessage(35, LogLevel.Warning, "Worker {WorkerId} at {Address} does not answer: {Reason}")]
    public static partial void WorkerDown(this ILogger logger, string workerId, string address, string reason);

    [LoggerMessage(36, LogLevel.Warning, "Tool {Tool} of session {SessionId} went on after its final chunk at host {HostId}")]
    public static partial void ChunksAfterFinal(this ILogger logger, string tool, string sessionId, string hostId);

    [LoggerMessage(37, LogLevel.Warning, "Session {SessionId} could not be told of a call of tool {Tool}: {Reason}")]
    public static partial void ExpectationFailed(this ILogger logger, string sessionId, string tool, string reason);

    [LoggerMessage(40, LogLevel.Warning, "{Method} refused to '{Principal}' at {Peer} for session '{SessionId}': {Reason}")]
    public static partial void AccessRefused(
        this ILogger logger, string method, string principal, string peer, string sessionId, string reason);

    [LoggerMessage(41, LogLevel.Warning, "{Count} more refused calls are not told of")]
    public static partial void RefusalsLeftOut(this ILogger logger, int count);

    [LoggerMessage(38, LogLevel.Warning, "Hosts of tools at gateway {Address} cannot be called: one of the two gateways serves TLS and the other does not")]
    public static partial void GatewayUnlike(this ILogger logger, string address);
}
