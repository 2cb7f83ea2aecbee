using Google.Protobuf;
using Snakepit.Protocol.Bridge;
using Snakepit.Sessions;
using Snakepit.Storage;
using Snakepit.Storage.Hosting;

namespace Snakepit.Bridge;

/// <summary>Sessions that live in this process.</summary>
public sealed class EmbeddedSessions(SessionDirectory directory, ISessionStore store) : ISessions
{
    public ValueTask<Outcome<IMessage>> CallAsync(SessionKey key, IMessage request, CancellationToken cancellation) =>
        directory.CallAsync(key, request, cancellation);

    public async ValueTask<Subscription?> SubscribeAsync(
        SessionKey key, ICommitListener listener, CancellationToken cancellation)
    {
        while (true)
        {
            // A listener keeps a session alive: one that has expired must end before, not be revived.
            await directory.CallAsync(key, new HeartbeatRequest { SessionId = key.SessionId }, cancellation).ConfigureAwait(false);
            var host = await directory.GetHostAsync(key, cancellation).ConfigureAwait(false);
            if (host.TrySubscribe(listener) is { } subscribed)
            {
                return new Subscription(subscribed.Revision, () => host.Unsubscribe(listener));
            }

            var isMoved = host.IsClosed;

            // A host that is open has no session, or only one whose making is not stored yet.
            host.CloseIfAbsent();
            if (!isMoved)
            {
                return null;
            }
        }
    }

    public ValueTask<LogPage?> ReadLogAsync(
        SessionKey key, long afterRevision, int maxBytes, CancellationToken cancellation) =>
        store.ReadLogAsync(key, afterRevision, maxBytes, cancellation);

    public ValueTask<IReadOnlyList<StoredSummary>> ListAsync(
        string tenant, string afterId, int limit, CancellationToken cancellation) =>
        store.ListAsync(tenant, afterId, limit, cancellation);

    public bool IsActive(SessionKey key) => directory.IsActive(key);
}
