using System.Threading.Channels;
using Snakepit.Grains;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Grains.Support;

/// <summary>Takes what a session announces; the next announcement can be held up.</summary>
internal sealed class HeldStreams : IChangeStreams
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly Channel<SessionEvent> _announced = Channel.CreateUnbounded<SessionEvent>();
    private volatile SyncPoint? _held;

    /// <summary>The next announcement is under way until the test lets it go on.</summary>
    public SyncPoint Hold() => _held = new SyncPoint();

    public Task PublishAsync(SessionKey key, SessionEvent announced)
    {
        Assert.True(_announced.Writer.TryWrite(announced));
        return Interlocked.Exchange(ref _held, null)?.StopAsync() ?? Task.CompletedTask;
    }

    public async Task<SessionEvent> NextAsync() => await _announced.Reader.ReadAsync().AsTask().WaitAsync(Deadline);
}
