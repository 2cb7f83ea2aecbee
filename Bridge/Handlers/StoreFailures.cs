using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Snakepit.Protocol.Rpc;
using Snakepit.Storage;

namespace Snakepit.Bridge.Handlers;

/// <summary>What becomes of a handler that asks the store itself, and is not answered.</summary>
internal static class StoreFailures
{
    /// <summary>The answer, or UNAVAILABLE; the cause goes to the log.</summary>
    /// <param name="answer">Of a handler.</param>
    /// <param name="logger">Where it logs.</param>
    /// <param name="sessionId">The session that was asked for; `*` = all.</param>
    public static async ValueTask<RpcResult<T>> OrUnavailableAsync<T>(this ValueTask<RpcResult<T>> answer, ILogger logger, string sessionId)
        where T : class, IMessage
    {
        try
        {
            return await answer.ConfigureAwait(false);
        }
        catch (StoreException failure)
        {
            logger.StoreFailed(sessionId, failure.Message);
            return new RpcStatus(RpcCode.Unavailable, failure.ForCaller);
        }
    }
}
