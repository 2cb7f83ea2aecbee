using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Transport;

namespace Snakepit.Tests.Contract.Support;

/// <summary>Reads the chunks of a call.</summary>
public static class ChunkReader
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>The next chunk, which must come.</summary>
    public static async Task<ToolChunk> NextAsync(this RpcServerStream<ToolChunk> chunks) =>
        await chunks.ReadAsync().AsTask().WaitAsync(Patience) ?? throw new InvalidOperationException("the call has ended with OK");

    /// <summary>The rest to the end, and how that was.</summary>
    public static async Task<(List<ToolChunk> Chunks, RpcStatus Status)> RestAsync(this RpcServerStream<ToolChunk> chunks)
    {
        var rest = new List<ToolChunk>();
        try
        {
            while (await chunks.ReadAsync().AsTask().WaitAsync(Patience) is { } chunk)
            {
                rest.Add(chunk);
            }

            return (rest, RpcStatus.Ok);
        }
        catch (RpcException end)
        {
            return (rest, end.Status);
        }
    }
}
