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
        limits => new Usage(limits.CallsPerSecond, limits.Burst, limits.BytesPerSecond, time));

    private readonly UsageTable<SessionKey, SessionQuota> _sessions = new(
        limits => new Usage(limits.CallsPerSecond, null, null, time));

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

    /// <summary>Counts a watch that begins; null = it may, and <see cref="EndWatch"/> must follow.</summary>
    public LimitReached? BeginWatch(Principal principal, string sessionId)
    {
        var most = principal.Limits.OpenWatches;
        if (most is not null && !Of(principal).TryBeginWatch(most))
        {
            return new LimitReached($"the limit of {most} open watches of {principal.Name} is reached", RetryAfter: null);
        }

        if (quota() is { Watchers: { } watchers } sessions
            && !_sessions.Of(principal.KeyOf(sessionId), sessions).TryBeginWatch(watchers))
        {
            if (most is not null)
            {
                Of(principal).EndWatch();
            }

            return new LimitReached($"the limit of {watchers} watchers of one session is reached", RetryAfter: null);
        }

        return null;
    }

    /// <summary>A watch that began has ended.</summary>
    public void EndWatch(Principal principal, string sessionId)
    {
        if (principal.Limits.OpenWatches is not null)
        {
            Of(principal).EndWatch();
        }

        _sessions.Find(principal.KeyOf(sessionId))?.EndWatch();
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
