using Microsoft.Extensions.Logging;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Bridge.Access;

/// <summary>
/// Counts the calls that were refused because of who made them, and logs them: never with a value or a credential, and
/// so many a second at the most, as anyone can make more of them than a disk can hold. Safe from any thread.
/// </summary>
public sealed class CallRefusals(TimeProvider time, ILogger<CallRefusals> logger)
{
    private const int LinesPerSecond = 20;

    private readonly Lock _gate = new();
    private long _second = time.GetTimestamp();
    private int _lines;

    /// <param name="reason">Of what kind.</param>
    /// <param name="method">What was called.</param>
    /// <param name="principal">Who called; empty = nobody knows.</param>
    /// <param name="peer">From where.</param>
    /// <param name="sessionId">For which session; empty = for none.</param>
    /// <param name="words">What the caller was told.</param>
    public void Note(RefusalReason reason, RpcMethod method, string principal, string peer, string sessionId, string words)
    {
        BridgeMetrics.Refused(reason);
        var leftOut = 0;
        lock (_gate)
        {
            if (time.GetElapsedTime(_second) >= TimeSpan.FromSeconds(1))
            {
                leftOut = Math.Max(0, _lines - LinesPerSecond);
                (_second, _lines) = (time.GetTimestamp(), 0);
            }

            if (++_lines > LinesPerSecond)
            {
                return;
            }
        }

        if (leftOut > 0)
        {
            logger.RefusalsLeftOut(leftOut);
        }

        logger.AccessRefused(method.Path, principal, peer, sessionId, words);
    }
}

/// <summary>Why a call was refused, as the metrics tell them apart.</summary>
public enum RefusalReason
{
    /// <summary>Who calls is not known.</summary>
    Unauthenticated,

    /// <summary>They may not do that.</summary>
    Permission,

    /// <summary>They have done it too often, or have too many of it.</summary>
    Limit,
}
