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
    private volatile TaskCompletionSource _stalled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Started => _started.Task.WaitAsync(Deadline);

    /// <summary>A flush is waiting for the client.</summary>
    public Task Stalled => _stalled.Task.WaitAsync(Deadline);

    public int Unread => _taken.Reader.Count;

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

    public void Write(ReadOnlySpan<byte> encoded) => _written.Add(VariableUpdate.Parser.ParseFrom(encoded));

    public void Write(IMessage message) => Write(message.ToByteArray());

    public async ValueTask FlushAsync(CancellationToken cancellation)
    {
        if (_held is { } held)
        {
            var waiting = held.Task.WaitAsync(cancellation);
            _stalled.TrySetResult();
            await waiting;
        }

        _written.ForEach(update => Assert.True(_taken.Writer.TryWrite(update)));
        _written = [];
    }

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
}
