using Google.Protobuf;
using Snakepit.Protocol.Access;
using Snakepit.Protocol.Rpc;
using Snakepit.Sessions;

namespace Snakepit.Bridge.Access;

/// <summary>
/// Counts what principals ask for, and what is asked of sessions, where either is limited. In this process alone. Safe
/// from any thread.
/// </summary>
/// <param name="quota">What one session bears; asked for each call, as it may change.</param>
/// <param name="time">The clock.</param>
public sealed class CallLimits(Func<SessionQuota?> quota, TimeProvider time)
{
    private readonly UsageTable<(string Tenant, string Name), CallerLimits> _principals = new(
        (limits, before) => new Usage(limits.CallsPerSecond, limits.Burst, limits.BytesPerSecond, time, before));

    private readonly UsageTable<SessionKey, SessionQuota> _sessions = new(
        (limits, before) => new Usage(limits.CallsPerSecond, null, null, time, before));

    /// <summary>Counts a call; null = it is within all limits.</summary>
    /// <param name="principal">Who makes it.</param>
    /// <param name="sessionId">The session that it names; null = none.</param>
    /// <param name="request">Its request; null = a stream of them.</param>
    public LimitReached? Count(Principal principal, string? sessionId, IMessage? request)
    {
        var limits = principal.Limits;
        if (limits.CallsPerSecond is { } calls && Of(principal).Calls!.TryTake(1) is { } wait)
        {
            return new LimitReached($"the limit of {calls} calls a second of {principal.Name} is reached", wait);
        }

        if (limits.BytesPerSecond is { } bytes && request is not null && Of(principal).Bytes!.TryTake(request.CalculateSize()) is { } pause)
        {
            return new LimitReached($"the limit of {bytes} bytes a second of {principal.Name} is reached", pause);
        }

        return sessionId is not null && quota() is { CallsPerSecond: { } each } sessions
            && _sessions.Of(principal.KeyOf(sessionId), sessions).Calls!.TryTake(1) is { } delay
            ? new LimitReached($"the limit of {each} calls a second of one session is reached", delay)
            : null;
    }

    /// <summary>
    /// Counts a watch that begins: what it has taken, to be given back when it ends, however limits have changed by then;
    /// or the limit that it would go beyond. A watch that began under no limit is not counted under one that comes later.
    /// </summary>
    public (WatchLease? Lease, LimitReached? Beyond) BeginWatch(Principal principal, string sessionId)
    {
        OpenWatches? ofPrincipal = null;
        if (principal.Limits.OpenWatches is { } most)
        {
            ofPrincipal = Of(principal).Watches;
            if (!ofPrincipal.TryBegin(most))
            {
                return (null, new LimitReached($"the limit of {most} open watches of {principal.Name} is reached", RetryAfter: null));
            }
        }

        OpenWatches? ofSession = null;
        if (quota() is { Watchers: { } watchers } sessions)
        {
            ofSession = _sessions.Of(principal.KeyOf(sessionId), sessions).Watches;
            if (!ofSession.TryBegin(watchers))
            {
                ofPrincipal?.End();
                return (null, new LimitReached($"the limit of {watchers} watchers of one session is reached", RetryAfter: null));
            }
        }

        return (new WatchLease(ofPrincipal, ofSession), null);
    }

    /// <summary>The requests of a stream, no faster than their bytes may come: who sends more is not refused, but waits.</summary>
    public IRequestStream<T> Slow<T>(IRequestStream<T> requests, Principal principal)
        where T : class, IMessage<T> => new SlowStream<T>(requests, Of(principal), time);

    private Usage Of(Principal principal) => _principals.Of((principal.Tenant, principal.Name), principal.Limits);

    private sealed class SlowStream<T>(IRequestStream<T> requests, Usage usage, TimeProvider time) : IRequestStream<T>
        where T : class, IMessage<T>
    {
        public async ValueTask<T?> ReadAsync(CancellationToken cancellation)
        {
            var message = await requests.ReadAsync(cancellation).ConfigureAwait(false);
            while (message is not null && usage.Bytes?.TryTake(message.CalculateSize()) is { } wait)
            {
                await Task.Delay(wait, time, cancellation).ConfigureAwait(false);
            }

            return message;
        }
    }
}
