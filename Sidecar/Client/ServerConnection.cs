using Google.Protobuf;
using Snakepit.Bridge.Handlers;
using Snakepit.Protocol.Bridge;
using Snakepit.Transport;

namespace Snakepit.Sidecar.Client;

/// <summary>The server that a command calls.</summary>
/// <param name="target">`HOST:PORT`.</param>
/// <param name="timeout">Time for each call, a watch excepted.</param>
/// <param name="security">How it is encrypted, and who calls; null = in cleartext, nobody in particular.</param>
internal sealed class ServerConnection(string target, TimeSpan timeout, RpcChannelOptions? security = null) : IDisposable
{
    private static readonly string BridgeName = BridgeService.Contract.Name;
    private static readonly string SessionsName = AdministrationService.Contract.Name;
    private static readonly string ToolsName = ToolsService.Contract.Name;

    private readonly RpcChannel _channel = new(target, security);
    private readonly RpcCallOptions _options = new() { Timeout = timeout };

    public string Target => target;

    /// <summary>Calls a method of the bridge. Throws <see cref="Protocol.Rpc.RpcException"/> for every status but OK.</summary>
    public Task<T> BridgeAsync<T>(string method, IMessage request, MessageParser<T> parser, CancellationToken cancellation)
        where T : class, IMessage<T> => CallAsync(BridgeName, method, request, parser, cancellation);

    /// <summary>Calls a method of the sessions' administration.</summary>
    public Task<T> SessionsAsync<T>(string method, IMessage request, MessageParser<T> parser, CancellationToken cancellation)
        where T : class, IMessage<T> => CallAsync(SessionsName, method, request, parser, cancellation);

    /// <summary>Calls a method of the service of tools' hosts.</summary>
    public Task<T> ToolsAsync<T>(string method, IMessage request, MessageParser<T> parser, CancellationToken cancellation)
        where T : class, IMessage<T> => CallAsync(ToolsName, method, request, parser, cancellation);

    /// <summary>Runs a tool that answers in chunks; the timeout is for the whole of it.</summary>
    public RpcServerStream<ToolChunk> StreamTool(ExecuteToolRequest request, CancellationToken cancellation) =>
        _channel.Stream($"/{BridgeName}/ExecuteStreamingTool", request, ToolChunk.Parser, _options, cancellation);

    public Task<T> CallAsync<T>(
        string service, string method, IMessage request, MessageParser<T> parser, CancellationToken cancellation)
        where T : class, IMessage<T> => _channel.CallAsync($"/{service}/{method}", request, parser, _options, cancellation);

    public RpcServerStream<VariableUpdate> Watch(WatchVariablesRequest request, CancellationToken cancellation) =>
        _channel.Stream($"/{BridgeName}/WatchVariables", request, VariableUpdate.Parser, options: null, cancellation);

    public async Task<Variable> GetVariableAsync(string session, string name, CancellationToken cancellation) =>
        (await BridgeAsync(
            "GetVariable",
            new GetVariableRequest { SessionId = session, VariableIdentifier = name },
            GetVariableResponse.Parser,
            cancellation)).Variable;

    public void Dispose() => _channel.Dispose();
}
