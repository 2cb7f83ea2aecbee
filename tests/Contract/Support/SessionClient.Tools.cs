using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Tools;
using Snakepit.Transport;

namespace Snakepit.Tests.Contract.Support;

/// <summary>The session's tools.</summary>
public sealed partial class SessionClient
{
    /// <summary>Registers a worker's tools by name; those whose names begin with `stream` answer in chunks.</summary>
    public async Task RegisterAsync(FakeWorker worker, params string[] names)
    {
        var registering = RegisteringTools(worker.Id, names);
        foreach (var tool in registering.Tools)
        {
            tool.SupportsStreaming = tool.Name.StartsWith("stream", StringComparison.Ordinal);
        }

        Assert.True((await RegisterToolsAsync(registering)).Success);
    }

    public ExecuteToolRequest Call(string tool, params (string Name, Any Value)[] parameters)
    {
        var request = new ExecuteToolRequest { SessionId = Id, ToolName = tool };
        foreach (var (name, value) in parameters)
        {
            request.Parameters.Add(name, value);
        }

        return request;
    }

    public Task<ExecuteToolResponse> ExecuteAsync(ExecuteToolRequest request) =>
        CallAsync<ExecuteToolResponse>("ExecuteTool", request);

    public Task<ExecuteToolResponse> ExecuteAsync(string tool, params (string Name, Any Value)[] parameters) =>
        ExecuteAsync(Call(tool, parameters));

    public RpcServerStream<ToolChunk> ExecuteStreaming(ExecuteToolRequest request) =>
        client.Stream<ToolChunk>(BridgeClient.BridgeService, "ExecuteStreamingTool", request);

    public RpcServerStream<ToolChunk> ExecuteStreaming(string tool) => ExecuteStreaming(Call(tool));

    public async Task<IReadOnlyList<HostedTool>> ToolsAsync() => (await client.CallAsync<ListToolsResponse>(
        BridgeClient.ToolsService, "ListTools", new ListToolsRequest { SessionId = Id })).Tools;
}
