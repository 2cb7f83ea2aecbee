using System.Threading.Channels;
using Google.Protobuf;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Tests.Unit.Support;

/// <summary>A watching client that takes updates only while it is not held up.</summary>
public sealed class HeldResponses : IResponseStream
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly Channel<VariableUpdate> _taken = Channel.CreateUnbounded<VariableUpdate>();
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private List<VariableUpdate> _written = [];
    private volatile TaskCompletionSource? _held;
    private volatile Task _flush = Task.CompletedTask;
    private volatile TaskCompletionSource _stalled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Started => _started.Task.WaitAsync(Deadline);

    /// <summary>What was flushed is waiting for the client.</summary>
    public Task Stalled => _stalled.Task.WaitAsync(Deadline);

    public int Unread => _taken.Reader.Count;

    /// <summary>How often something was flushed.</summary>
    public int Flushes { get; private set; }

    public void Hold()
    {
        _stalled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public void Release()
    {
        var held = _held;
        _held = null;
        held?.SetResult();
    }

    public ValueTask StartAsync()
    {
        _started.SetResult();
        return ValueTask.CompletedTask;
    }

    public void Write(ReadOnlySpan<byte> encoded)
    {
        Assert.False(IsFlushing, "nothing is written before the client has taken what was flushed");
        _written.Add(VariableUpdate.Parser.ParseFrom(encoded));
    }

    public void Write(IMessage message) => Write(message.ToByteArray());

    public bool IsFlushing => !_flush.IsCompleted;

    public void Flush()
    {
        Flushes++;
        if (_held is not { } held)
        {
            Take();
            return;
        }

        _flush = TakeOnceAsync(held.Task);
        _stalled.TrySetResult();
    }

    public ValueTask FlushedAsync(CancellationToken cancellation) => new(_flush.WaitAsync(cancellation));

    public Task<VariableUpdate> NextAsync() => _taken.Reader.ReadAsync().AsTask().WaitAsync(Deadline);

    public async Task<List<VariableUpdate>> NextAsync(int count)
    {
        var updates = new List<VariableUpdate>();
        while (updates.Count < count)
        {
            updates.Add(await NextAsync());
        }

        return updates;
    }

    private async Task TakeOnceAsync(Task released)
    {
        await released;
        Take();
    }

    private void Take()
    {
        _written.ForEach(update => Assert.True(_taken.Writer.TryWrite(update)));
        _written = [];
    }
}
