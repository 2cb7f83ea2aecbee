using Google.Protobuf;
using Snakepit.Bridge;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions;
using Snakepit.Storage.Hosting;
using Snakepit.Tests.Robustness.Faults;

namespace Snakepit.Tests.Unit.Watching;

/// <summary>Sessions of a cluster, as a gateway sees them for a while: their owners are not heard, or have moved on.</summary>
internal sealed class UnheardOwners(ISessions inner) : SessionsDecorator(inner)
{
    private TaskCompletionSource? _hold;

    /// <summary>From now on, whether listeners hear of commits and ends.</summary>
    public bool IsSilent { get; set; }

    /// <summary>How many of the next watches are answered by an owner whose session has ended long since.</summary>
    public int LateOwners { get; set; }

    /// <summary>Who subscribes waits until the source is done.</summary>
    public TaskCompletionSource HoldSubscriptions() => _hold = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override async ValueTask<Subscription?> SubscribeAsync(
        SessionKey key, ICommitListener listener, CancellationToken cancellation)
    {
        await (_hold?.Task ?? Task.CompletedTask).WaitAsync(cancellation);
        return await base.SubscribeAsync(key, new Listener(this, listener), cancellation);
    }

    public override async ValueTask<Outcome<IMessage>> CallAsync(
        SessionKey key, IMessage request, Requester requester, CancellationToken cancellation)
    {
        var answer = await base.CallAsync(key, request, requester, cancellation);
        if (request is WatchVariablesRequest && LateOwners > 0)
        {
            LateOwners--;
            ((WatchStart)answer.Value!).CreatedAt--;
        }

        return answer;
    }

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
