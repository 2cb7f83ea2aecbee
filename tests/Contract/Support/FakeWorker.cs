using System.Collections.Concurrent;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Transport;

namespace Snakepit.Tests.Contract.Support;

/// <summary>A worker that listens, as the public ones do, and does what a test says.</summary>
public sealed class FakeWorker : IAsyncDisposable
{
    private const string Service = BridgeClient.BridgeService;

    private readonly GrpcServer _server;

    private FakeWorker(int port)
    {
        _server = new GrpcServer(new GrpcServerOptions { Endpoints = [new GrpcEndpoint("127.0.0.1", port)] });
    }

    public string Id { get; } = $"worker-{Guid.NewGuid():N}";

    public string Address => $"127.0.0.1:{_server.Ports[0]}";

    /// <summary>The calls it got, in their order.</summary>
    public ConcurrentQueue<ExecuteToolRequest> Calls { get; } = new();

    /// <summary>Runs a tool.</summary>
    public Func<ExecuteToolRequest, RpcCall, Task<ExecuteToolResponse>> OnExecute { get; set; } =
        (request, _) => Task.FromResult(new ExecuteToolResponse { Success = true, Result = Json.Of("string", $"\"{request.ToolName}\"") });

    /// <summary>Runs one that answers in chunks.</summary>
    public Func<ExecuteToolRequest, IResponseStream, RpcCall, Task<RpcStatus>> OnStream { get; set; } =
        (_, _, _) => Task.FromResult(RpcStatus.Ok);

    /// <summary>What it tells of itself.</summary>
    public Func<IResponseStream, RpcCall, Task<RpcStatus>> OnTelemetry { get; set; } =
        (_, _) => Task.FromResult(new RpcStatus(RpcCode.Unimplemented, "no telemetry"));

    /// <param name="port">0 = any free one.</param>
    /// <param name="prepare">Runs before it listens.</param>
    public static async Task<FakeWorker> StartAsync(int port = 0, Action<FakeWorker>? prepare = null)
    {
        var worker = new FakeWorker(port);
        prepare?.Invoke(worker);
        await worker._server.StartAsync(worker.Methods());
        return worker;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync(TimeSpan.Zero);
        await _server.DisposeAsync();
    }

    private RpcMethod[] Methods() =>
    [
        new UnaryMethod<PingRequest, PingResponse>(Service, "Ping", PingRequest.Parser, static (_, _) => new(new PingResponse())),
        new UnaryMethod<ExecuteToolRequest, ExecuteToolResponse>(Service, "ExecuteTool", ExecuteToolRequest.Parser, ExecuteAsync),
        new ServerStreamingMethod<ExecuteToolRequest>(
            Service, "ExecuteStreamingTool", ExecuteToolRequest.Parser, (request, responses, call) =>
            {
                Calls.Enqueue(request);
                return OnStream(request, responses, call);
            }),
        new DuplexMethod<TelemetryControl>(
            Service, "StreamTelemetry", TelemetryControl.Parser, (_, responses, call) => OnTelemetry(responses, call)),
    ];

    private async ValueTask<RpcResult<ExecuteToolResponse>> ExecuteAsync(ExecuteToolRequest request, RpcCall call)
    {
        Calls.Enqueue(request);
        return await OnExecute(request, call);
    }
}
