using System.Runtime.CompilerServices;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Transport;

namespace Snakepit.Bridge.Tools;

/// <summary>
/// Calls to a worker that listens: a server of <c>snakepit.bridge.BridgeService</c> that runs tools. It connects
/// with the first call and again when a connection breaks, so it can be made before the worker is there.
/// </summary>
public sealed class WorkerCalls : IDisposable
{
    public const string CorrelationHeader = "x-snakepit-correlation-id";

    /// <summary>Of one answer or chunk. Workers send arrays and images; upstream allows them 100 MB.</summary>
    private const int MaxReceiveMessageSize = 100 * 1024 * 1024;

    /// <summary>
    /// gRPC's own servers end a connection that is pinged more than a few times within five minutes while they send
    /// nothing, as they do during a long call of a tool.
    /// </summary>
    private static readonly TimeSpan PingDelay = TimeSpan.FromMinutes(6);

    private const string Service = "/snakepit.bridge.BridgeService/";

    private readonly RpcChannel _channel;

    /// <param name="address">`HOST:PORT`, an IPv6 address in brackets.</param>
    /// <param name="time">The clock of the calls' deadlines.</param>
    /// <exception cref="ArgumentException">The address is something else.</exception>
    public WorkerCalls(string address, TimeProvider time)
    {
        _channel = new RpcChannel(address, new RpcChannelOptions
        {
            MaxReceiveMessageSize = MaxReceiveMessageSize,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            KeepAlivePingDelay = PingDelay,
            TimeProvider = time,
        });
    }

    /// <summary>As given.</summary>
    public string Address => _channel.Target;

    /// <summary>Completes when the worker has answered.</summary>
    /// <exception cref="RpcException">It has not: UNAVAILABLE, DEADLINE_EXCEEDED, or what it ended the call with.</exception>
    public Task PingAsync(TimeSpan timeout, CancellationToken cancellation) => _channel.CallAsync(
        $"{Service}Ping",
        new PingRequest { Message = "health" },
        PingResponse.Parser,
        new RpcCallOptions { Timeout = timeout },
        cancellation);

    /// <inheritdoc cref="IToolHost.ExecuteAsync"/>
    public Task<ExecuteToolResponse> ExecuteAsync(ToolCall call, CancellationToken cancellation) => _channel.CallAsync(
        $"{Service}ExecuteTool", call.Request, ExecuteToolResponse.Parser, Options(call), cancellation);

    /// <inheritdoc cref="IToolHost.StreamAsync"/>
    public async IAsyncEnumerable<ToolChunk> StreamAsync(
        ToolCall call, [EnumeratorCancellation] CancellationToken cancellation)
    {
        // Whoever stops reading cancels the call by leaving the loop.
        using var chunks = _channel.Stream(
            $"{Service}ExecuteStreamingTool", call.Request, ToolChunk.Parser, Options(call), cancellation);
        while (await chunks.ReadAsync(CancellationToken.None) is { } chunk)
        {
            yield return chunk;
        }
    }

    /// <summary>Closes its connections. Calls under way must have been cancelled before, or they fail as INTERNAL.</summary>
    public void Dispose() => _channel.Dispose();

    /// <summary>A correlation id that no header can carry goes in the request's metadata alone.</summary>
    private static RpcCallOptions Options(ToolCall call) => new()
    {
        Timeout = call.TimeLeft,
        Headers = call.CorrelationId.AsSpan().ContainsAnyExceptInRange(' ', '~')
            ? null
            : new Dictionary<string, string> { [CorrelationHeader] = call.CorrelationId },
    };
}
