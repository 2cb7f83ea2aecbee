using Snakepit.Protocol.Rpc;

namespace Snakepit.Tests.Unit.Support;

/// <summary>A caller that sends these messages and then no more.</summary>
public sealed class FakeRequests<T>(params IEnumerable<T> messages) : IRequestStream<T>
    where T : class
{
    private readonly Queue<T> _messages = new(messages);

    public ValueTask<T?> ReadAsync(CancellationToken cancellation) =>
        ValueTask.FromResult(_messages.TryDequeue(out T? next) ? next : null);
}
