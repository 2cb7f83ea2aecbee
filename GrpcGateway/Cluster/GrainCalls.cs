using System.Net.Sockets;
using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Snakepit.Grains;
using Snakepit.Sessions;

namespace Snakepit.GrpcGateway.Cluster;

/// <summary>
/// Asks a session's grain until it answers: an activation that has moved, a silo that has died or is stopping, and a
/// reply that does not come are reasons to ask again, for a while. Only what is safe to be repeated may be asked so.
/// </summary>
/// <param name="patience">For how long.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Told the causes that are not for callers; null = nobody.</param>
/// <param name="unanswered">Told of each answer that did not come in time; null = nobody.</param>
internal sealed class GrainCalls(TimeSpan patience, TimeProvider time, ILogger? logger = null, Action? unanswered = null)
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    private readonly ILogger _logger = logger ?? NullLogger.Instance;

    /// <summary>Whether an exception of a grain call says that the cluster is in trouble, rather than that the grain has a fault.</summary>
    public static bool IsTransient(Exception failure) =>
        failure is OrleansException or TimeoutException or IOException or SocketException;

    /// <summary>The grain's answer, or UNAVAILABLE where there was none in time.</summary>
    /// <param name="grain">The grain.</param>
    /// <param name="question">What it is asked.</param>
    /// <param name="ask">Asks it.</param>
    /// <param name="cancellation">The caller's.</param>
    public async ValueTask<Outcome<IMessage>> AskAsync<TQuestion>(
        ISessionGrain grain,
        TQuestion question,
        Func<ISessionGrain, TQuestion, CancellationToken, ValueTask<SessionReply>> ask,
        CancellationToken cancellation)
    {
        var since = time.GetTimestamp();
        for (var pause = TimeSpan.Zero; ; pause = Longer(pause))
        {
            string cause;
            Exception? trouble = null;
            try
            {
                var reply = await ask(grain, question, cancellation).ConfigureAwait(false);
                if (!reply.HasMoved)
                {
                    return reply.ToOutcome();
                }

                cause = "its owner changes";
            }
            catch (Exception failure) when (IsTransient(failure))
            {
                cancellation.ThrowIfCancellationRequested();
                trouble = failure;
                cause = "its silo cannot be reached";
                if (failure is TimeoutException)
                {
                    cause = "its silo does not answer";
                    unanswered?.Invoke();
                }
            }

            if (time.GetElapsedTime(since) + pause > patience)
            {
                _logger.SessionNotReached(patience, trouble?.Message ?? cause);
                return Refusal.Unavailable(
                    $"the session could not be reached for {patience.TotalSeconds:0.#} s; whether the call had an effect is unknown: {cause}");
            }

            await Task.Delay(pause, time, cancellation).ConfigureAwait(false);
        }
    }

    private static TimeSpan Longer(TimeSpan pause) =>
        pause == TimeSpan.Zero ? ShortestPause : pause * 2 < LongestPause ? pause * 2 : LongestPause;
}
