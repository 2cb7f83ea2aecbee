using Google.Protobuf;
using Snakepit.Protocol.Administration;
using Snakepit.Sessions;
using Snakepit.Storage;
using Snakepit.Storage.Hosting;

namespace Snakepit.Bridge;

/// <summary>Sessions that live in this process.</summary>
public sealed class EmbeddedSessions(SessionDirectory directory, ISessionStore store) : ISessions
{
    public ValueTask<Outcome<IMessage>> CallAsync(
        SessionKey key, IMessage request, Requester requester, CancellationToken cancellation) =>
        directory.CallAsync(key, request, requester, cancellation);

    public bool TryAnswer(SessionKey key, IMessage request, Requester requester, out Outcome<IMessage> answer) =>
        directory.TryAnswer(key, request, requester, out answer);

    public async ValueTask<Subscription?> SubscribeAsync(
        SessionKey key, ICommitListener listener, CancellationToken cancellation)
    {
        var answer = await directory.SubscribeAsync(key, listener, cancellation).ConfigureAwait(false);
        if (answer.Value is { } subscribed)
        {
            return new Subscription(() => subscribed.Host.Unsubscribe(listener));
        }

        return answer.Refusal!.Kind == RefusalKind.NotFound
            ? null
            : throw new StoreException(answer.Refusal.Message, outcomeUnknown: false) { ForCaller = answer.Refusal.Message };
    }

    public ValueTask<LogPage?> ReadLogAsync(
        SessionKey key, long afterRevision, int maxBytes, CancellationToken cancellation) =>
        store.ReadLogAsync(key, afterRevision, maxBytes, cancellation);

    public ValueTask<LogPage?> ReadEndedLogAsync(
        SessionKey key, DateTimeOffset createdAt, long afterRevision, int maxBytes, CancellationToken cancellation) =>
        store.ReadEndedLogAsync(key, createdAt, afterRevision, maxBytes, cancellation);

    public ValueTask<IReadOnlyList<StoredSummary>> ListAsync(
        string tenant, string afterId, int limit, CancellationToken cancellation) =>
        store.ListAsync(tenant, afterId, limit, cancellation);

    public ValueTask<IReadOnlyDictionary<SessionKey, SessionSummary>> FindActiveAsync(
        IReadOnlyCollection<SessionKey> keys, CancellationToken cancellation) =>
        new(directory.Describe(keys));
}
