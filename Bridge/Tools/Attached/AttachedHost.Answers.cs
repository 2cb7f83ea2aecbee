using Snakepit.Protocol.Rpc;
using Snakepit.Protocol.Tools;

namespace Snakepit.Bridge.Tools.Attached;

/// <summary>What comes up the host's stream: answers, chunks within their credit, and what breaks the protocol.</summary>
public sealed partial class AttachedHost
{
    /// <summary>The host has answered a call. What is not, or no more, under way is passed over.</summary>
    internal void TakeResult(CallResult result)
    {
        lock (_gate)
        {
            if (!_calls.TryGetValue(result.CallId, out var call))
            {
                return;
            }

            if (call.Streaming || result.Response is null)
            {
                Break(call, call.Streaming ? $"a call for chunks with a result: {result.Response?.ErrorMessage}" : "without a response");
                return;
            }

            Remove(call, failed: !result.Response.Success);
            call.Answer(result.Response);
        }
    }

    internal void TakeChunk(CallChunk sent)
    {
        lock (_gate)
        {
            if (!_calls.TryGetValue(sent.CallId, out var call))
            {
                return;
            }

            if (!call.Streaming || sent.Chunk is null)
            {
                Break(call, call.Streaming ? "without a chunk" : "a call for one result with chunks");
            }
            else if (call.Credit == 0)
            {
                Break(call, "with more chunks than it may send");
            }
            else
            {
                call.Credit--;
                call.Add(sent.Chunk);
                if (sent.Chunk.IsFinal)
                {
                    Remove(call, failed: false);
                    call.Complete();
                }
            }
        }
    }

    internal void TakeEnd(CallEnd end)
    {
        lock (_gate)
        {
            if (!_calls.TryGetValue(end.CallId, out var call))
            {
                return;
            }

            if (end.Code == (int)RpcCode.Ok)
            {
                if (!call.Streaming)
                {
                    Break(call, "without a result");
                    return;
                }

                Remove(call, failed: false);
                call.Complete();
                return;
            }

            Remove(call, failed: true);
            call.Fail(new RpcException(System.Enum.IsDefined((RpcCode)end.Code) ? (RpcCode)end.Code : RpcCode.Unknown, end.Message));
        }
    }

    /// <summary>A chunk was taken. The host is told of several at once, before it has none left to send.</summary>
    private void Grant(AttachedCall call)
    {
        lock (_gate)
        {
            call.Taken++;
            if (call.IsGranting || 2 * call.Taken < _settings.ChunksAhead || !_calls.ContainsKey(call.Id))
            {
                return;
            }

            call.IsGranting = true;
            Outbox.Add(() => GrantOf(call));
        }
    }

    private ServerMessage? GrantOf(AttachedCall call)
    {
        lock (_gate)
        {
            if (!_calls.ContainsKey(call.Id))
            {
                return null;
            }

            var granted = call.Taken;
            call.Credit += granted;
            (call.Taken, call.IsGranting) = (0, false);
            return new ServerMessage { More = new MoreChunks { CallId = call.Id, Chunks = granted } };
        }
    }

    /// <summary>The host does not keep to the protocol: that ends the call, and no other.</summary>
    private void Break(AttachedCall call, string how)
    {
        var reason = $"host {Identity.Id} answered {how}";
        Cancel(call, reason);
        call.Fail(new RpcException(RpcCode.Internal, reason));
    }
}
