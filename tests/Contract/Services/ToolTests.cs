using Google.Protobuf;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Contract.Support;

namespace Snakepit.Tests.Contract.Services;

/// <summary>What a server that calls no tools answers to calls of tools, and to calls there are not.</summary>
public sealed class ToolTests(SharedServer server)
{
    [Fact]
    public async Task Tool_calls_are_unimplemented()
    {
        (string Method, IMessage Request)[] calls =
        [
            ("ExecuteTool", new ExecuteToolRequest { SessionId = "s", ToolName = "t" }),
            ("ExecuteElixirTool", new ExecuteElixirToolRequest { SessionId = "s", ToolName = "t" }),
        ];
        foreach (var (method, request) in calls)
        {
            await server.Client.BridgeAsync<ExecuteToolResponse>(method, request).RefusedAsync(RpcCode.Unimplemented, method);
        }

        using var chunks = server.Client.Stream<ToolChunk>(
            BridgeClient.BridgeService, "ExecuteStreamingTool", new ExecuteToolRequest { SessionId = "s", ToolName = "t" });
        await chunks.ReadAsync().AsTask().RefusedAsync(RpcCode.Unimplemented, "ExecuteStreamingTool");
        using var telemetry = server.Client.Duplex<TelemetryControl, TelemetryEvent>(BridgeClient.BridgeService, "StreamTelemetry");
        await telemetry.ReadAsync().AsTask().RefusedAsync(RpcCode.Unimplemented, "StreamTelemetry");
    }

    [Theory]
    [InlineData("snakepit.bridge.BridgeService", "NoSuchMethod")]
    [InlineData("no.such.Service", "Ping")]
    public async Task Calls_there_are_not_are_unimplemented(string service, string method) =>
        await server.Client.CallAsync<PingResponse>(service, method, new PingRequest()).RefusedAsync(RpcCode.Unimplemented, method);
}
