using System.Threading.Channels;
using Snakepit.Grains;
using Snakepit.Sessions;
using Snakepit.Storage;

namespace Snakepit.Tests.Grains.Support;

/// <summary>The owner of a session, which knows of it what the store has.</summary>
internal sealed class FakeSessionGrain(ISessionStore? store = null, SessionKey key = default) : ISessionGrain
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly Channel<Interest> _interests = Channel.CreateUnbounded<Interest>();

    /// <summary>Awaited by each announcement of an interest before it is answered; by its number, from 1.</summary>
    public Func<long, Task> Before { get; set; } = static _ => Task.CompletedTask;

    public bool HasMoved { get; set; }

    public int Announced { get; private set; }

    /// <summary>The next interest announced, awaited.</summary>
    public async Task<Interest> NextInterestAsync() => await _interests.Reader.ReadAsync().AsTask().WaitAsync(Deadline);

    public async ValueTask<SessionReply> WatchAsync(Interest interest, CancellationToken cancellation)
    {
        Assert.True(_interests.Writer.TryWrite(interest));
        await Before(++Announced);
        if (HasMoved)
        {
            return SessionReply.Moved;
        }

        if (interest.Watchers == 0)
        {
            return SessionReply.Of(new Snakepit.Protocol.Storing.WatchedSession());
        }

        var end = (await store!.ReadEndsAsync([key], cancellation))[0];
        return end is null
            ? SessionReply.Of(Refusal.SessionNotFound(key.SessionId))
            : SessionReply.Of(new Snakepit.Protocol.Storing.WatchedSession
            {
                CreatedAt = UnixTime.ToMicroseconds(end.CreatedAt),
                Revision = end.Revision,
            });
    }

    public ValueTask<SessionReply> CallAsync(SessionRequest request, CancellationToken cancellation) =>
        throw new InvalidOperationException("only watches are asked for");

    public ValueTask ExpireAsync(CancellationToken cancellation) =>
        throw new InvalidOperationException("only watches are asked for");
}
