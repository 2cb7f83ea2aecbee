using Google.Protobuf;
using Snakepit.Bridge;
using Snakepit.Protocol.Administration;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions;
using Snakepit.Storage;
using Snakepit.Storage.Hosting;

namespace Snakepit.Tests.Unit.Watching;

/// <summary>Sessions of a cluster, as a gateway sees them for a while: their owners are not heard, or have moved on.</summary>
internal sealed class UnheardOwners(ISessions inner) : ISessions
{
    private TaskCompletionSource? _hold;

    /// <summary>From now on, whether listeners hear of commits and ends.</summary>
    public bool IsSilent { get; set; }

    /// <summary>How many of the next watches are answered by an owner whose session has ended long since.</summary>
    public int LateOwners { get; set; }

    /// <summary>Who subscribes waits until the source is done.</summary>
    public TaskCompletionSource HoldSubscriptions() => _hold = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async ValueTask<Subscription?> SubscribeAsync(
        SessionKey key, ICommitListener listener, CancellationToken cancellation)
    {
        await (_hold?.Task ?? Task.CompletedTask).WaitAsync(cancellation);
        return await inner.SubscribeAsync(key, new Listener(this, listener), cancellation);
    }

    public async ValueTask<Outcome<IMessage>> CallAsync(
        SessionKey key, IMessage request, Requester requester, CancellationToken cancellation)
    {
        var answer = await inner.CallAsync(key, request, requester, cancellation);
        if (request is WatchVariablesRequest && LateOwners > 0)
        {
            LateOwners--;
            ((WatchStart)answer.Value!).CreatedAt--;
        }

        return answer;
    }

    public ValueTask<LogPage?> ReadLogAsync(SessionKey key, long afterRevision, int maxBytes, CancellationToken cancellation) =>
        inner.ReadLogAsync(key, afterRevision, maxBytes, cancellation);

    public ValueTask<LogPage?> ReadEndedLogAsync(
        SessionKey key, DateTimeOffset createdAt, long afterRevision, int maxBytes, CancellationToken cancellation) =>
        inner.ReadEndedLogAsync(key, createdAt, afterRevision, maxBytes, cancellation);

    public ValueTask<IReadOnlyList<StoredSummary>> ListAsync(
        string tenant, string afterId, int limit, CancellationToken cancellation) =>
        inner.ListAsync(tenant, afterId, limit, cancellation);

    public ValueTask<IReadOnlyDictionary<SessionKey, SessionSummary>> FindActiveAsync(
        IReadOnlyCollection<SessionKey> keys, CancellationToken cancellation) =>
        inner.FindActiveAsync(keys, cancellation);

    private sealed class Listener(UnheardOwners owners, ICommitListener listener) : ICommitListener
    {
        public int WatcherCount => listener.WatcherCount;

        public bool OnSubscribed(DateTimeOffset createdAt, long revision) => listener.OnSubscribed(createdAt, revision);

        public void OnCommit(long previousRevision, IReadOnlyList<LoggedUpdate> updates)
        {
            if (!owners.IsSilent)
            {
                listener.OnCommit(previousRevision, updates);
            }
        }

        public void OnClosed(bool ended)
        {
            if (!owners.IsSilent)
            {
                listener.OnClosed(ended);
            }
        }
    }
}
