using Microsoft.Extensions.Logging.Abstractions;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Unit.Support;
using Snakepit.Transport;

namespace Snakepit.Tests.Workers;

/// <summary>What listens behind a worker's port: answers pings, and runs the tools that a test gives it.</summary>
internal sealed class ToolServer : IAsyncDisposable
{
    private const string Service = "snakepit.bridge.BridgeService";

    private readonly GrpcServer _server = new(new GrpcServerOptions
    {
        Endpoints = [new GrpcEndpoint("127.0.0.1", 0)],
        LoggerFactory = NullLoggerFactory.Instance,
    });

    private ToolServer()
    {
    }

    public int Port => _server.Ports[0];

    /// <summary>Whether it answers pings; while not, they wait.</summary>
    public bool IsSilent { get; set; }

    public int Pings { get; private set; }

    /// <summary>Where each call stops.</summary>
    public SyncPoint Call { get; set; } = Passed();

    public string? CorrelationId { get; private set; }

    public static async Task<ToolServer> StartAsync()
    {
        var server = new ToolServer();
        await server._server.StartAsync(
        [
            new UnaryMethod<PingRequest, PingResponse>(Service, "Ping", PingRequest.Parser, server.PingAsync),
            new UnaryMethod<ExecuteToolRequest, ExecuteToolResponse>(
                Service, "ExecuteTool", ExecuteToolRequest.Parser, server.ExecuteAsync),
            new ServerStreamingMethod<ExecuteToolRequest>(
                Service, "ExecuteStreamingTool", ExecuteToolRequest.Parser, server.StreamAsync),
        ]);
        return server;
    }

    public static SyncPoint Passed()
    {
        var point = new SyncPoint();
        point.Continue();
        return point;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async ValueTask<RpcResult<PingResponse>> PingAsync(PingRequest request, RpcCall call)
    {
        Pings++;
        if (IsSilent)
        {
            await Task.Delay(Timeout.Infinite, call.Cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return new PingResponse();
    }

    private async ValueTask<RpcResult<ExecuteToolResponse>> ExecuteAsync(ExecuteToolRequest request, RpcCall call)
    {
        CorrelationId = call.Header("x-snakepit-correlation-id");
        await Call.StopAsync().WaitAsync(call.Cancellation);
        return request.ToolName == "unavailable"
            ? new RpcStatus(RpcCode.Unavailable, "not now")
            : new ExecuteToolResponse { Success = true };
    }

    private async Task<RpcStatus> StreamAsync(ExecuteToolRequest request, IResponseStream chunks, RpcCall call)
    {
        chunks.Write(new ToolChunk { ChunkId = "1" });
        await chunks.FlushAsync(call.Cancellation);
        await Call.StopAsync().WaitAsync(call.Cancellation);
        chunks.Write(new ToolChunk { ChunkId = "2", IsFinal = true });
        return RpcStatus.Ok;
    }
}
