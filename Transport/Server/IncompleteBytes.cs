using Microsoft.Extensions.Logging;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Transport;

/// <summary>
/// Counts, over all calls of a server, the bytes of messages that have begun to arrive and are not all there: whoever sends
/// most of a message and then nothing costs that much memory for as long as the call lasts. A message that is whole when
/// it is first looked at is never counted. Safe from any thread.
/// </summary>
/// <param name="limit">Bytes at a time.</param>
/// <param name="time">The clock of the log's lines.</param>
/// <param name="logger">Told at most once a second.</param>
internal sealed class IncompleteBytes(long limit, TimeProvider time, ILogger logger)
{
    private readonly RefusedCount _refused = new(time);
    private long _held;

    /// <summary>
    /// What one call holds changes. Throws <see cref="RpcException"/> where the sum would be too much; then the call holds
    /// nothing, in the same moment: one that is refused makes room for the others.
    /// </summary>
    public void Replace(long before, long now)
    {
        bool fits;
        long held;
        do
        {
            held = Volatile.Read(ref _held);
            fits = now <= before || held - before + now <= limit;
        }
        while (Interlocked.CompareExchange(ref _held, held - before + (fits ? now : 0), held) != held);
        if (fits)
        {
            return;
        }

        if (_refused.Add(out var untold))
        {
            logger.IncompleteRefused(untold, limit);
        }

        throw new RpcException(
            RpcCode.ResourceExhausted,
            $"the limit of {limit} bytes of requests that are not all there yet, of all callers together, is reached");
    }
}
