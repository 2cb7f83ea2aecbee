using System.Threading.Channels;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Bridge.Tools.Attached;

/// <summary>
/// One call at an attached host, from the wait for its turn to its end. All but the two ways to the answer is
/// guarded by the host's lock.
/// </summary>
internal sealed class AttachedCall(string id, ToolCall call, bool streaming, int chunksAhead, long began)
{
    private readonly Channel<ToolChunk> _chunks = Channel.CreateUnbounded<ToolChunk>(
        new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });

    private readonly TaskCompletionSource<ExecuteToolResponse> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Id { get; } = id;

    public ToolCall Call { get; } = call;

    public bool Streaming { get; } = streaming;

    /// <summary>The timestamp when it was asked for.</summary>
    public long Began { get; } = began;

    /// <summary>Its place among those that wait for their turn; null = it has had it.</summary>
    public LinkedListNode<AttachedCall>? Waiting { get; set; }

    /// <summary>Its message to the host; null = it has not had its turn.</summary>
    public HostOutbox.Entry? Message { get; set; }

    /// <summary>Chunks the host may still send.</summary>
    public int Credit { get; set; } = chunksAhead;

    /// <summary>Chunks that were taken and which the host has not been told of.</summary>
    public int Taken { get; set; }

    /// <summary>Whether a grant of the taken ones is on its way.</summary>
    public bool IsGranting { get; set; }

    public Task<ExecuteToolResponse> Result => _result.Task;

    public ChannelReader<ToolChunk> Chunks => _chunks.Reader;

    public void Answer(ExecuteToolResponse response) => _result.TrySetResult(response);

    /// <summary>Never more than its credit wait here.</summary>
    public void Add(ToolChunk chunk) => _chunks.Writer.TryWrite(chunk);

    /// <summary>No more chunks come.</summary>
    public void Complete() => _chunks.Writer.TryComplete();

    public void Fail(RpcException failure)
    {
        _chunks.Writer.TryComplete(failure);
        if (_result.TrySetException(failure))
        {
            // A call that is given up has nobody to look.
            _ = _result.Task.Exception;
        }
    }
}
