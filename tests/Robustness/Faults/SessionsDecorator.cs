using Google.Protobuf;
using Snakepit.Bridge;
using Snakepit.Protocol.Administration;
using Snakepit.Sessions;
using Snakepit.Storage;
using Snakepit.Storage.Hosting;

namespace Snakepit.Tests.Robustness.Faults;

/// <summary>What the services see of the sessions. Passes everything on; a fault changes one thing.</summary>
internal class SessionsDecorator(ISessions inner) : ISessions
{
    public virtual ValueTask<Outcome<IMessage>> CallAsync(
        SessionKey key, IMessage request, Requester requester, CancellationToken cancellation) =>
        inner.CallAsync(key, request, requester, cancellation);

    public virtual ValueTask<Subscription?> SubscribeAsync(SessionKey key, ICommitListener listener, CancellationToken cancellation) =>
        inner.SubscribeAsync(key, listener, cancellation);

    public virtual ValueTask<LogPage?> ReadLogAsync(SessionKey key, long afterRevision, int maxBytes, CancellationToken cancellation) =>
        inner.ReadLogAsync(key, afterRevision, maxBytes, cancellation);

    public virtual ValueTask<LogPage?> ReadEndedLogAsync(
        SessionKey key, DateTimeOffset createdAt, long afterRevision, int maxBytes, CancellationToken cancellation) =>
        inner.ReadEndedLogAsync(key, createdAt, afterRevision, maxBytes, cancellation);

    public ValueTask<IReadOnlyList<StoredSummary>> ListAsync(
        string tenant, string afterId, int limit, CancellationToken cancellation) =>
        inner.ListAsync(tenant, afterId, limit, cancellation);

    public ValueTask<IReadOnlyDictionary<SessionKey, SessionSummary>> FindActiveAsync(
        IReadOnlyCollection<SessionKey> keys, CancellationToken cancellation) =>
        inner.FindActiveAsync(keys, cancellation);
}
