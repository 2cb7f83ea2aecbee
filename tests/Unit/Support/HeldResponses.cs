using System.Threading.Channels;
using System.Threading.Tasks.Sources;
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

    /// <summary>A flush is waiting for the client, and whoever flushed is waiting for it.</summary>
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

    public ValueTask FlushAsync(CancellationToken cancellation)
    {
        if (_held is not { } held)
        {
            Take();
            return ValueTask.CompletedTask;
        }

        return new(new HeldFlush(TakeOnceAsync(held.Task.WaitAsync(cancellation)), _stalled), 0);
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

    // Says that it is stalled not when the flush begins but when it is awaited: by then the watch has noted that it waits.
    private sealed class HeldFlush(Task taken, TaskCompletionSource stalled) : IValueTaskSource
    {
        public void GetResult(short token) => taken.GetAwaiter().GetResult();

        public ValueTaskSourceStatus GetStatus(short token) => taken.IsCompletedSuccessfully
            ? ValueTaskSourceStatus.Succeeded
            : taken.IsCompleted ? ValueTaskSourceStatus.Faulted : ValueTaskSourceStatus.Pending;

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        {
            taken.ConfigureAwait(false).GetAwaiter().OnCompleted(() => continuation(state));
            stalled.TrySetResult();
        }
    }
}
