using Google.Protobuf;
using Orleans.Concurrency;
using Orleans.Placement;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions;
using Snakepit.Storage;
using Snakepit.Storage.Hosting;

namespace Snakepit.Grains;

/// <summary>
/// A thin shell: while it is active, this silo owns the session, whose host lives in the silo's directory. Calls
/// interleave; the host orders them.
/// </summary>
[Reentrant]
[GrainType("session")]
[RandomPlacement]
internal sealed class SessionGrain : Grain, ISessionGrain
{
    private readonly SiloSessions _silo;
    private readonly SessionKey _key;
    private readonly SessionAnnouncer _announcer;
    private volatile bool _isUsed = true;

    public SessionGrain(SiloSessions silo)
    {
        _silo = silo;
        _key = SessionGrainKey.Parse(this.GetPrimaryKeyString());
        _announcer = silo.NewAnnouncer(_key);
    }

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _silo.Activated(_key, this);
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        try
        {
            await _silo.Directory.LeaveAsync(_key, cancellationToken);
        }
        finally
        {
            _silo.Deactivated(_key, this);
        }
    }

    public ValueTask<SessionReply> CallAsync(SessionRequest request, CancellationToken cancellation)
    {
        _isUsed = true;
        if (request.Interest is { } interest)
        {
            _announcer.Note(interest);
        }

        var answer = _silo.Directory.CallAsync(_key, request.Message.Content, request.Requester, cancellation);
        return answer.IsCompletedSuccessfully ? new(Reply(answer.Result)) : ReplyAsync(answer);
    }

    public async ValueTask<SessionReply> WatchAsync(Interest interest, CancellationToken cancellation)
    {
        _isUsed = true;
        _announcer.Note(interest);
        if (interest.Watchers == 0)
        {
            return SessionReply.Of(new WatchedSession());
        }

        try
        {
            var answer = await _silo.Directory.SubscribeAsync(_key, _announcer, cancellation);
            if (answer.Value is not { } subscribed)
            {
                return Reply(answer.Refusal!);
            }

            return SessionReply.Of(new WatchedSession
            {
                CreatedAt = UnixTime.ToMicroseconds(subscribed.CreatedAt),
                Revision = subscribed.Revision,
            });
        }
        catch (StoreException failure)
        {
            _silo.StoreFailed(_key, failure);
            return Reply(Refusal.Unavailable(failure.ForCaller));
        }
    }

    public ValueTask ExpireAsync(CancellationToken cancellation) => _silo.Directory.ExpireAsync(_key, cancellation);

    /// <summary>Whether nobody has called since this was last asked; from any thread.</summary>
    public bool WasUnused()
    {
        var isUsed = _isUsed;
        _isUsed = false;
        return !isUsed;
    }

    /// <summary>Ends this activation once what it has begun is answered; from any thread.</summary>
    public void Drop() => DeactivateOnIdle();

    private async ValueTask<SessionReply> ReplyAsync(ValueTask<Outcome<IMessage>> answer) =>
        Reply(await answer);

    private SessionReply Reply(Outcome<IMessage> outcome)
    {
        if (!ReferenceEquals(outcome.Refusal, SessionHost.Moved))
        {
            return SessionReply.Of(outcome);
        }

        // Another activation owns the session, or what the store has is unknown: either way this one is of no use.
        Drop();
        return SessionReply.Moved;
    }
}
