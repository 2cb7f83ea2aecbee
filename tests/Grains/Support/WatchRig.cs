using Google.Protobuf;
using Snakepit.Bridge;
using Snakepit.GrpcGateway.Cluster;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions;
using Snakepit.Storage;
using Snakepit.Storage.Hosting;
using Snakepit.Tests.Storage;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Grains.Support;

/// <summary>A gateway's watches of a session `s`, whose store, owner and stream are the test's.</summary>
public abstract class WatchRig : IAsyncDisposable
{
    protected static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);
    protected static readonly SessionKey Key = new("", Ask.Session);

    private readonly SessionDirectory _sessions;

    protected WatchRig()
    {
        _sessions = new SessionDirectory(Store, SessionSettings.Default, HostPolicy.Default, Clock);
        Owner = new FakeSessionGrain(Store, Key);
        var stream = FakeStream.Create(out var fake);
        Stream = fake;
        Watched = new WatchedSessions(
            FakeGrains.Of(Owner), _ => stream, new GrainCalls(TimeSpan.Zero, Clock), Clock, new ToldLog<WatchedSessions>(Log));
        Poll = new WatchPoll(Watched, Store, Clock, new ToldLog<WatchPoll>(Log));
    }

    internal ManualClock Clock { get; } = new();

    internal InterceptedStore Store { get; } = new();

    internal ToldWarnings Log { get; } = new();

    internal FakeSessionGrain Owner { get; }

    internal FakeStream Stream { get; }

    internal WatchedSessions Watched { get; }

    internal WatchPoll Poll { get; }

    internal FakeListener Listener { get; } = new();

    public async ValueTask DisposeAsync()
    {
        Poll.Dispose();
        await _sessions.DisposeAsync();
        await Store.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    internal async Task CallAsync(params IMessage[] requests)
    {
        foreach (var request in requests)
        {
            var outcome = await _sessions.CallAsync(Key, request, Requester.Unrestricted, CancellationToken.None);
            Assert.False(outcome.IsRefused, outcome.Refusal?.Message);
        }
    }

    /// <summary>The session's owner learns that it is watched.</summary>
    internal async Task TellOwnerAsync() =>
        Assert.False((await _sessions.SubscribeAsync(Key, new OneWatcher(), CancellationToken.None)).IsRefused);

    /// <summary>A watch of the session, which is there.</summary>
    internal async Task<Subscription> SubscribedAsync(FakeListener? listener = null)
    {
        var subscription = await SubscribeAsync(listener);
        Assert.NotNull(subscription);
        return subscription;
    }

    internal Task<Subscription?> SubscribeAsync(FakeListener? listener = null, CancellationToken cancellation = default) =>
        Watched.SubscribeAsync(Key, listener ?? Listener, cancellation).AsTask().WaitAsync(Deadline, CancellationToken.None);

    /// <summary>What the owner would announce.</summary>
    internal async Task<SessionEvent> EventAsync(long previousRevision, int changes)
    {
        var end = (await Store.ReadEndsAsync([Key], default))[0]!;
        var announced = new SessionEvent
        {
            CreatedAt = UnixTime.ToMicroseconds(end.CreatedAt),
            PreviousRevision = previousRevision,
            Revision = previousRevision + changes,
        };
        announced.Updates.AddRange(Enumerable.Range(0, changes).Select(_ => new UpdateEvent()));
        return announced;
    }
}
