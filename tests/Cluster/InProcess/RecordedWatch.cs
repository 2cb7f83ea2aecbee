using Google.Protobuf;
using Snakepit.Bridge.Watching;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Cluster.InProcess;

/// <summary>A watch that is being served, and all that its client was sent.</summary>
internal sealed class RecordedWatch : IResponseStream
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<VariableUpdate> _updates = [];
    private readonly FakeCall _call = new();
    private readonly Task<RpcStatus> _status;
    private (long Revision, TaskCompletionSource Reached)? _awaited;

    public RecordedWatch(WatchHub hub, WatchVariablesRequest request) =>
        _status = Task.Run(() => hub.WatchAsync(request, this, _call));

    public Task Started => _started.Task.WaitAsync(Deadline);

    /// <summary>Changes begin behind this revision.</summary>
    public long Start => long.Parse(_call.ResponseHeaders["snakepit-revision"], System.Globalization.CultureInfo.InvariantCulture);

    public bool IsOpen => !_status.IsCompleted;

    public IReadOnlyList<VariableUpdate> Updates
    {
        get
        {
            lock (_gate)
            {
                return [.. _updates];
            }
        }
    }

    /// <summary>The revisions that came, in the order in which they did.</summary>
    public IReadOnlyList<long> Revisions => [.. Updates.Select(update => update.Revision)];

    /// <summary>How it ended.</summary>
    public Task<RpcStatus> EndAsync() => _status.WaitAsync(Deadline);

    /// <summary>Ends when the client has a revision. One asks at a time.</summary>
    public Task UntilAsync(long revision)
    {
        lock (_gate)
        {
            if (revision <= Newest)
            {
                return Task.CompletedTask;
            }

            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _awaited = (revision, reached);
            return reached.Task.WaitAsync(Deadline);
        }
    }

    /// <summary>The client leaves.</summary>
    public async Task LeaveAsync()
    {
        await _call.Caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(EndAsync);
    }

    /// <summary>Awaits a revision and asserts that all before it came once, in order.</summary>
    public async Task IsWholeAsync(long revision)
    {
        await UntilAsync(revision);
        Assert.Equal(Enumerable.Range(1, (int)(revision - Start)).Select(step => Start + step), Revisions);
    }

    public ValueTask StartAsync()
    {
        _started.SetResult();
        return ValueTask.CompletedTask;
    }

    public void Write(ReadOnlySpan<byte> encoded)
    {
        var update = VariableUpdate.Parser.ParseFrom(encoded);
        lock (_gate)
        {
            _updates.Add(update);
            if (_awaited is { } awaited && update.Revision >= awaited.Revision)
            {
                awaited.Reached.TrySetResult();
            }
        }
    }

    public void Write(IMessage message) => Write(message.ToByteArray());

    public bool IsFlushing => false;

    public void Flush()
    {
    }

    public ValueTask FlushedAsync(CancellationToken cancellation) => ValueTask.CompletedTask;

    private long Newest => _updates.Count == 0 ? _call.ResponseHeaders.Count == 0 ? 0 : Start : _updates.Max(update => update.Revision);
}
