using System.Collections.Concurrent;
using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Orleans.Streams;
using Snakepit.Bridge;
using Snakepit.Grains;
using Snakepit.Sessions;
using Snakepit.Storage;
using Snakepit.Storage.Hosting;

namespace Snakepit.GrpcGateway.Cluster;

/// <summary>
/// The sessions this gateway has watchers of. Each has one subscription of its stream and one interest with its
/// owner, whatever the number of its watchers. Safe from any thread.
/// </summary>
internal sealed class WatchedSessions
{
    // A watch begins whether or not its stream is there: what the stream does not say is found all the same.
    private static readonly TimeSpan StreamPatience = TimeSpan.FromSeconds(2);

    private readonly string _gateway = Guid.NewGuid().ToString("N");
    private readonly ConcurrentDictionary<SessionKey, WatchedSession> _watched = new();
    private readonly Lock _numbering = new();
    private readonly SessionGrains _grains;
    private readonly Func<SessionKey, IAsyncStream<WireMessage>> _streamOf;
    private readonly GrainCalls _calls;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private long _sequence;

    public WatchedSessions(
        IGrainFactory grains,
        Func<SessionKey, IAsyncStream<WireMessage>> streamOf,
        GrainCalls calls,
        TimeProvider time,
        ILogger<WatchedSessions> logger)
    {
        _grains = new SessionGrains(grains);
        _streamOf = streamOf;
        _calls = calls;
        _time = time;
        _logger = logger;
    }

    public IEnumerable<WatchedSession> All => _watched.Values;

    /// <summary>Sees off one whose name stands for another session by now.</summary>
    public Action<WatchedSession> Succeeded { get; set; } = static watched => watched.End();

    /// <summary>What this gateway's watchers of a session come to now.</summary>
    public Interest NextInterest(SessionKey key)
    {
        // Counted and numbered in one step: of two, the later one is right.
        lock (_numbering)
        {
            return new Interest(_gateway, ++_sequence, _watched.TryGetValue(key, out var watched) ? watched.Watchers : 0);
        }
    }

    /// <summary>As <see cref="ISessions.SubscribeAsync"/>.</summary>
    public async ValueTask<Subscription?> SubscribeAsync(
        SessionKey key, ICommitListener listener, CancellationToken cancellation)
    {
        var watched = new WatchedSession(key, listener, gone => Succeeded(gone));
        lock (_numbering)
        {
            _watched[key] = watched;
        }

        try
        {
            // First which session it is, then its stream, then where it stands by now: nothing lies between.
            if (await RenewAsync(watched, cancellation).ConfigureAwait(false) is not { } found ||
                !listener.OnSubscribed(UnixTime.FromMicroseconds(found.CreatedAt), found.Revision))
            {
                Leave(watched);
                return null;
            }

            await ListenAsync(watched).WaitAsync(StreamPatience, _time, cancellation)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellation.ThrowIfCancellationRequested();
            if (await RenewAsync(watched, cancellation).ConfigureAwait(false) is not { } state)
            {
                Leave(watched);
                return null;
            }

            watched.OnOwner(state);
            return new Subscription(() => Leave(watched), () => watched.IsRenewalDue = true);
        }
        catch
        {
            Leave(watched);
            throw;
        }
    }

    /// <summary>
    /// Renews the interest in a session; null if the session is gone. The listener is not told of that: its last
    /// changes and its end come by stream, or are found missing by <see cref="WatchPoll"/>.
    /// </summary>
    /// <exception cref="StoreException">Its owner cannot be reached.</exception>
    public async ValueTask<Protocol.Storing.WatchedSession?> RenewAsync(WatchedSession watched, CancellationToken cancellation)
    {
        watched.IsRenewalDue = false;
        var answer = await AnnounceAsync(watched.Key, cancellation).ConfigureAwait(false);
        if (answer.IsRefused)
        {
            if (answer.Refusal.Kind != RefusalKind.NotFound)
            {
                throw new StoreException(answer.Refusal.Message, outcomeUnknown: false) { ForCaller = answer.Refusal.Message };
            }

            return null;
        }

        var state = (Protocol.Storing.WatchedSession)answer.Value;
        watched.Identify(state.CreatedAt);
        watched.RenewedAt = _time.GetTimestamp();
        return state;
    }

    /// <summary>Subscribes to the session's stream, anew if it is already. Never throws: watches do not depend on it.</summary>
    public async Task ListenAsync(WatchedSession watched)
    {
        await watched.Listening.WaitAsync().ConfigureAwait(false);
        try
        {
            var before = watched.Handle;
            watched.Handle = IsCurrent(watched)
                ? await _streamOf(watched.Key).SubscribeAsync((item, _) => watched.OnEventAsync(item)).ConfigureAwait(false)
                : null;
            watched.Missed = 0;
            if (before is not null)
            {
                await before.UnsubscribeAsync().ConfigureAwait(false);
            }
        }
        catch (Exception failure)
        {
            _logger.StreamFailed(watched.Key, failure.Message);
        }
        finally
        {
            watched.Listening.Release();
        }
    }

    /// <summary>Gives up a session: it has ended, or its last watcher has left.</summary>
    public void Leave(WatchedSession watched)
    {
        lock (_numbering)
        {
            // One that another has taken the place of has its stream to leave, too.
            _watched.TryRemove(new(watched.Key, watched));
            if (watched.IsLeft)
            {
                return;
            }

            watched.IsLeft = true;
        }

        _ = LeaveAsync(watched);
    }

    private async Task LeaveAsync(WatchedSession watched)
    {
        await ListenAsync(watched).ConfigureAwait(false);
        try
        {
            await AnnounceAsync(watched.Key, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            // It lapses by itself.
            _logger.InterestNotWithdrawn(watched.Key, failure.Message);
        }
    }

    private bool IsCurrent(WatchedSession watched) =>
        _watched.TryGetValue(watched.Key, out var current) && ReferenceEquals(current, watched);

    // Each time it is sent, the interest says what holds then.
    private ValueTask<Outcome<IMessage>> AnnounceAsync(SessionKey key, CancellationToken cancellation) => _calls.AskAsync(
        _grains.Of(key),
        (Sessions: this, Key: key),
        static (grain, question, token) => grain.WatchAsync(question.Sessions.NextInterest(question.Key), token),
        cancellation);
}
