using Google.Protobuf;
using Snakepit.Protocol.Administration;
using Snakepit.Sessions;
using Snakepit.Storage;
using Snakepit.Storage.Hosting;

namespace Snakepit.Bridge;

/// <summary>The sessions, wherever they live: in this process, or in a cluster that it is a gateway of.</summary>
public interface ISessions
{
    /// <summary>
    /// Answers a request of the protocol that names a session. The reply is of the request's response type,
    /// or a message that is the same on the wire; a WatchVariablesRequest is answered with a
    /// <see cref="Protocol.Storing.WatchStart"/>.
    /// </summary>
    ValueTask<Outcome<IMessage>> CallAsync(SessionKey key, IMessage request, Requester requester, CancellationToken cancellation);

    /// <summary>
    /// Answers as <see cref="CallAsync"/>, if that needs nobody but this process's memory; false = it is not answered.
    /// </summary>
    bool TryAnswer(SessionKey key, IMessage request, Requester requester, out Outcome<IMessage> answer)
    {
        answer = default;
        return false;
    }

    /// <summary>Lets a listener hear the session's commits; null if there is no such session, or not the listener's.</summary>
    /// <exception cref="StoreException">The session could not be reached.</exception>
    ValueTask<Subscription?> SubscribeAsync(SessionKey key, ICommitListener listener, CancellationToken cancellation);

    /// <summary>As <see cref="ISessionStore.ReadLogAsync"/>.</summary>
    ValueTask<LogPage?> ReadLogAsync(SessionKey key, long afterRevision, int maxBytes, CancellationToken cancellation);

    /// <summary>As <see cref="ISessionStore.ReadEndedLogAsync"/>.</summary>
    ValueTask<LogPage?> ReadEndedLogAsync(
        SessionKey key, DateTimeOffset createdAt, long afterRevision, int maxBytes, CancellationToken cancellation);

    /// <summary>As <see cref="ISessionStore.ListAsync"/>.</summary>
    ValueTask<IReadOnlyList<StoredSummary>> ListAsync(string tenant, string afterId, int limit, CancellationToken cancellation);

    /// <summary>
    /// Those of the sessions that are in memory, wherever their owners are, as those see them. To look is not to use:
    /// nobody's expiry is put off.
    /// </summary>
    ValueTask<IReadOnlyDictionary<SessionKey, SessionSummary>> FindActiveAsync(
        IReadOnlyCollection<SessionKey> keys, CancellationToken cancellation);
}

/// <summary>A listener's place with a session's owner.</summary>
/// <param name="Cancel">Ends it. A commit may still be heard while this is called.</param>
/// <param name="WatcherLeft">To be called when the listener has fewer watchers than before, though not none.</param>
public sealed record Subscription(Action Cancel, Action? WatcherLeft = null);
