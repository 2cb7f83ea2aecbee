using System.Globalization;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Transport;

namespace Snakepit.Bridge.Tools.Workers;

/// <summary>Calls a worker that listens: a server of <c>snakepit.bridge.BridgeService</c>.</summary>
public sealed class WorkerChannel : IDisposable
{
    private const string Service = "/snakepit.bridge.BridgeService/";

    /// <summary>
    /// gRPC's servers in C, Python's among them, close a connection that is pinged more than twice within five
    /// minutes while they send nothing: a tool that works that long would be lost.
    /// </summary>
    private static readonly TimeSpan PingDelay = TimeSpan.FromMinutes(6);

    private readonly ToolSettings _settings;

    /// <param name="address">`HOST:PORT`.</param>
    /// <param name="settings">Times and bounds.</param>
    /// <param name="time">The clock.</param>
    /// <param name="tls">Null = cleartext.</param>
    /// <exception cref="ArgumentException"><paramref name="address"/> is none.</exception>
    public WorkerChannel(string address, ToolSettings settings, TimeProvider time, ClientTls? tls = null)
    {
        _settings = settings;
        Rpc = new RpcChannel(address, new RpcChannelOptions
        {
            MaxReceiveMessageSize = settings.MaxReceiveMessageSize,
            ConnectTimeout = settings.ConnectTimeout,
            KeepAlivePingDelay = PingDelay,
            TimeProvider = time,
            Tls = tls,
        });
    }

    public RpcChannel Rpc { get; }

    /// <summary>Runs a tool. Throws as <see cref="IToolHost.ExecuteAsync"/> says.</summary>
    /// <param name="call">The call.</param>
    /// <param name="cancellation">Cancels it there too.</param>
    /// <param name="host">Of a gateway: the host of its own that the call is for.</param>
    public Task<ExecuteToolResponse> ExecuteAsync(ToolCall call, CancellationToken cancellation, HostKey? host = null) =>
        Rpc.CallAsync(Service + "ExecuteTool", call.Request, ExecuteToolResponse.Parser, OptionsFor(call, host), cancellation);

    /// <summary>Runs a tool that answers in chunks. To dispose of it is to cancel the call.</summary>
    public RpcServerStream<ToolChunk> Stream(ToolCall call, CancellationToken cancellation, HostKey? host = null) =>
        Rpc.Stream(Service + "ExecuteStreamingTool", call.Request, ToolChunk.Parser, OptionsFor(call, host), cancellation);

    /// <summary>Asks whether the worker lives: null = it does, else why it does not. Any answer will do, if it is one of gRPC.</summary>
    public async Task<string?> ProbeAsync(CancellationToken cancellation)
    {
        try
        {
            var request = new PingRequest { Message = "probe" };
            var options = new RpcCallOptions { Timeout = _settings.ProbeTimeout };
            await Rpc.CallAsync(Service + "Ping", request, PingResponse.Parser, options, cancellation);
            return null;
        }
        catch (RpcException failure)
        {
            return failure.Status.Code is RpcCode.Unavailable or RpcCode.DeadlineExceeded or RpcCode.Internal ? failure.Status.Message : null;
        }
    }

    public void Dispose() => Rpc.Dispose();

    private RpcCallOptions OptionsFor(ToolCall call, HostKey? host)
    {
        var headers = new Dictionary<string, string> { [RpcHeaders.Correlation] = call.CorrelationId };
        if (host is { } relayed)
        {
            headers[RpcHeaders.ToolHost] = relayed.Id;
            if (relayed.Tenant.Length > 0)
            {
                headers[RpcHeaders.Tenant] = Uri.EscapeDataString(relayed.Tenant);
            }

            if (_settings.PeerToken?.Invoke() is { } token)
            {
                headers[RpcHeaders.Authorization] = $"Bearer {token}";
            }
        }
        else
        {
            headers[RpcHeaders.Hops] = (call.Hops + 1).ToString(CultureInfo.InvariantCulture);
        }

        return new RpcCallOptions { Timeout = call.TimeLeft, Headers = headers };
    }
}
