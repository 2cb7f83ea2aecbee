using System.Globalization;
using Microsoft.Extensions.Logging;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Bridge.Tools.Calls;

/// <summary>
/// Brings chunks from a host to a caller, at the caller's pace. Exactly one of them is final: one is made where the
/// host sends none, and nothing passes after it.
/// </summary>
internal sealed class ChunkRelay(
    IResponseStream responses, CallClock clock, ToolSettings settings, TimeProvider time, ILogger logger)
{
    private int _sent;

    /// <summary>Throws what the host ended the call with; then no final chunk was sent.</summary>
    public async Task RunAsync(IToolHost host, ToolCall call)
    {
        await using var chunks = host.StreamAsync(call, clock.Token).GetAsyncEnumerator(clock.Token);
        while (await chunks.MoveNextAsync())
        {
            var chunk = chunks.Current;
            if (chunk.IsFinal)
            {
                await SendFinalAsync(chunk, host);
                await SeeOutAsync(chunks, host, call);
                return;
            }

            await SendAsync(chunk);
        }

        await SendFinalAsync(
            new ToolChunk
            {
                ChunkId = $"{call.Request.ToolName}-final",
                IsFinal = true,
                Metadata =
                {
                    ["synthetic_final"] = "true",
                    ["chunks_sent"] = _sent.ToString(CultureInfo.InvariantCulture),
                },
            },
            host);
    }

    private Task SendFinalAsync(ToolChunk chunk, IToolHost host)
    {
        clock.Report.Sign(chunk.Metadata, host);
        return SendAsync(chunk);
    }

    private async Task SendAsync(ToolChunk chunk)
    {
        responses.Write(chunk);
        await responses.FlushAsync(clock.Token);
        _sent++;
    }

    /// <summary>
    /// The caller has what it asked for. The host may end in peace, rather than be cut off between its last chunk and
    /// its end; but not for long.
    /// </summary>
    private async Task SeeOutAsync(IAsyncEnumerator<ToolChunk> chunks, IToolHost host, ToolCall call)
    {
        var rest = DropRestAsync(chunks, host, call);
        try
        {
            await rest.WaitAsync(settings.AfterFinalChunk, time, clock.Token);
        }
        catch (Exception failure) when (failure is RpcException or TimeoutException or OperationCanceledException)
        {
            clock.GiveUp();
            await ((Task)rest).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task DropRestAsync(IAsyncEnumerator<ToolChunk> chunks, IToolHost host, ToolCall call)
    {
        var isTold = false;
        while (await chunks.MoveNextAsync())
        {
            if (!isTold)
            {
                logger.ChunksAfterFinal(call.Request.ToolName, call.Request.SessionId, host.Identity.Id);
                isTold = true;
            }
        }
    }
}
