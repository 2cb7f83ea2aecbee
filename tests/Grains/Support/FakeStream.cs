using System.Collections.Concurrent;
using System.Reflection;
using Orleans.Streams;
using Snakepit.Grains;
using Snakepit.Protocol.Storing;

namespace Snakepit.Tests.Grains.Support;

/// <summary>A session's stream: who has subscribed hears what the test says on it.</summary>
public class FakeStream : DispatchProxy
{
    /// <summary>Awaited by each subscription before it takes effect.</summary>
    public Func<Task> BeforeSubscribing { get; set; } = static () => Task.CompletedTask;

    /// <summary>Subscriptions, in the order of their coming, those that have ended included.</summary>
    public ConcurrentQueue<FakeSubscription> Subscriptions { get; } = new();

    public IEnumerable<FakeSubscription> Open => Subscriptions.Where(one => !one.Ended.IsCompleted);

    public static IAsyncStream<WireMessage> Create(out FakeStream stream)
    {
        var proxy = Create<IAsyncStream<WireMessage>, FakeStream>();
        stream = (FakeStream)(object)proxy;
        return proxy;
    }

    public async Task SayAsync(SessionEvent said)
    {
        foreach (var one in Open)
        {
            await one.Observer.OnNextAsync(new WireMessage(said));
        }
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        targetMethod?.Name == nameof(IAsyncStream<>.SubscribeAsync) && args?[0] is IAsyncObserver<WireMessage> observer
            ? SubscribeAsync(observer)
            : throw new NotSupportedException($"{targetMethod} is not expected");

    private async Task<StreamSubscriptionHandle<WireMessage>> SubscribeAsync(IAsyncObserver<WireMessage> observer)
    {
        await BeforeSubscribing();
        var subscription = new FakeSubscription(observer);
        Subscriptions.Enqueue(subscription);
        return subscription;
    }
}

/// <summary>One subscription of the stream.</summary>
public sealed class FakeSubscription(IAsyncObserver<WireMessage> observer) : StreamSubscriptionHandle<WireMessage>
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IAsyncObserver<WireMessage> Observer { get; } = observer;

    public Task Ended => _ended.Task;

    public Task EndedInTime => _ended.Task.WaitAsync(Deadline);

    public override StreamId StreamId => default;

    public override string ProviderName => "fake";

    public override Guid HandleId => Guid.Empty;

    public override Task UnsubscribeAsync()
    {
        _ended.TrySetResult();
        return Task.CompletedTask;
    }

    public override Task<StreamSubscriptionHandle<WireMessage>> ResumeAsync(
        IAsyncObserver<WireMessage> observer, StreamSequenceToken? token = null) => throw new NotSupportedException();

    public override Task<StreamSubscriptionHandle<WireMessage>> ResumeAsync(
        IAsyncBatchObserver<WireMessage> observer, StreamSequenceToken? token = null) => throw new NotSupportedException();

    public override bool Equals(StreamSubscriptionHandle<WireMessage>? other) => ReferenceEquals(this, other);
}
