using System.Collections.Concurrent;
using Snakepit.Grains;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions;

namespace Snakepit.Tests.Cluster.InProcess;

/// <summary>Loses every announcement.</summary>
internal sealed class SilentStreams : IChangeStreams
{
    public Task PublishAsync(SessionKey key, SessionEvent announced) => Task.CompletedTask;
}

/// <summary>Fails to publish anything.</summary>
internal sealed class FailingStreams : IChangeStreams
{
    public Task PublishAsync(SessionKey key, SessionEvent announced) => Task.FromException(new TimeoutException("no stream today"));
}

/// <summary>Holds each announcement back until there is a later one, publishes that first, and the earlier one twice.</summary>
internal sealed class UnrulyStreams(IChangeStreams streams) : IChangeStreams
{
    private readonly ConcurrentDictionary<SessionKey, SessionEvent> _held = new();

    public async Task PublishAsync(SessionKey key, SessionEvent announced)
    {
        if (!_held.TryRemove(key, out var earlier))
        {
            _held[key] = announced;
            return;
        }

        foreach (var next in new[] { announced, earlier, earlier })
        {
            await streams.PublishAsync(key, next);
        }
    }
}

/// <summary>Keeps what was announced.</summary>
internal sealed class RecordingStreams(IChangeStreams streams) : IChangeStreams
{
    private readonly ConcurrentQueue<SessionEvent> _announced = new();

    public IReadOnlyCollection<SessionEvent> Announced => _announced;

    public Task PublishAsync(SessionKey key, SessionEvent announced)
    {
        _announced.Enqueue(announced);
        return streams.PublishAsync(key, announced);
    }
}
