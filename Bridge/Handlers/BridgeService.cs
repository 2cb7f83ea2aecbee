using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging;
using Snakepit.Bridge.Access;
using Snakepit.Bridge.Telemetry;
using Snakepit.Bridge.Tools;
using Snakepit.Bridge.Tools.Calls;
using Snakepit.Bridge.Watching;
using Snakepit.Protocol.Access;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions;

namespace Snakepit.Bridge.Handlers;

/// <summary>The public service, <c>snakepit.bridge.BridgeService</c>: each RPC's entry in the method table.</summary>
public sealed class BridgeService
{
    private readonly SessionCalls _calls;
    private readonly SessionTools _tools;
    private readonly ISessions _sessions;
    private readonly WatchHub _watches;
    private readonly ToolRouter _router;
    private readonly TelemetryHub _events;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    public BridgeService(
        ISessions sessions,
        WatchHub watches,
        IToolHosts hosts,
        ToolRouter router,
        TelemetryHub events,
        SessionLimits limits,
        TimeProvider time,
        ILogger<BridgeService> logger)
    {
        _calls = new SessionCalls(sessions, limits, logger, new OwnSessions(sessions, time));
        _tools = new SessionTools(sessions, limits, logger, hosts);
        _sessions = sessions;
        _watches = watches;
        _router = router;
        _events = events;
        _time = time;
        _logger = logger;
    }

    public static ServiceContract Contract { get; } = new(
        "snakepit.bridge.BridgeService", static () => SnakepitBridgeReflection.Descriptor.Services[0]);

    public IEnumerable<RpcMethod> Methods => [.. SessionMethods(), .. VariableMethods(), .. GraphMethods(), .. ToolMethods()];

    private static string Service => Contract.Name;

    private IEnumerable<RpcMethod> SessionMethods() =>
    [
        new UnaryMethod<PingRequest, PingResponse>(Service, "Ping", PingRequest.Parser, (request, _) => new(Pong(request)))
        {
            Access = MethodAccess.Authenticated,
        },
        _calls.Entry<InitializeSessionRequest, EncodedInitializeSessionResponse>(
            Service,
            "InitializeSession",
            InitializeSessionRequest.Parser,
            Rights.Read | Rights.Write,
            static r => r.SessionId,
            (request, _, call) =>
            {
                _logger.SessionInitialized(request.SessionId, call.Peer);
                _events.Emit("session.initialized", null, "", call.Principal.KeyOf(request.SessionId), ("session_id", request.SessionId));
            }),
        new UnaryMethod<CleanupSessionRequest, CleanupSessionResponse>(
            Service, "CleanupSession", CleanupSessionRequest.Parser, CleanUpAsync)
        {
            Access = MethodAccess.OnSession<CleanupSessionRequest>(Rights.Write, static r => r.SessionId),
        },
        _calls.Entry<GetSessionRequest, GetSessionResponse>(
            Service, "GetSession", GetSessionRequest.Parser, Rights.Read, static r => r.SessionId),
        new UnaryMethod<HeartbeatRequest, HeartbeatResponse>(Service, "Heartbeat", HeartbeatRequest.Parser, BeatAsync)
        {
            Access = MethodAccess.OnSession<HeartbeatRequest>(Rights.Read, static r => r.SessionId),
        },
    ];

    private IEnumerable<RpcMethod> VariableMethods() =>
    [
        _calls.Entry<GetVariableRequest, EncodedGetVariableResponse>(
            Service, "GetVariable", GetVariableRequest.Parser, Rights.Read, static r => r.SessionId),
        _calls.Entry<SetVariableRequest, SetVariableResponse>(
            Service, "SetVariable", SetVariableRequest.Parser, Rights.Write, static r => r.SessionId),
        _calls.Entry<BatchGetVariablesRequest, EncodedGetVariablesResponse>(
            Service, "GetVariables", BatchGetVariablesRequest.Parser, Rights.Read, static r => r.SessionId),
        _calls.Entry<BatchSetVariablesRequest, BatchSetVariablesResponse>(
            Service, "SetVariables", BatchSetVariablesRequest.Parser, Rights.Write, static r => r.SessionId),
        _calls.Entry<RegisterVariableRequest, EncodedRegisterVariableResponse>(
            Service,
            "RegisterVariable",
            RegisterVariableRequest.Parser,
            Rights.Read | Rights.Write,
            static r => r.SessionId,
            (request, reply, _) => _logger.VariableRegistered(reply.VariableId, request.Type, request.SessionId)),
        _calls.Entry<ListVariablesRequest, EncodedListVariablesResponse>(
            Service, "ListVariables", ListVariablesRequest.Parser, Rights.Read, static r => r.SessionId),
        _calls.Entry<DeleteVariableRequest, DeleteVariableResponse>(
            Service,
            "DeleteVariable",
            DeleteVariableRequest.Parser,
            Rights.Write,
            static r => r.SessionId,
            (request, _, _) => _logger.VariableDeleted(request.VariableIdentifier, request.SessionId)),
        new ServerStreamingMethod<WatchVariablesRequest>(
            Service, "WatchVariables", WatchVariablesRequest.Parser, _watches.WatchAsync)
        {
            Access = MethodAccess.OnSession<WatchVariablesRequest>(Rights.Watch, static r => r.SessionId),
        },
    ];

    private IEnumerable<RpcMethod> GraphMethods() =>
    [
        _calls.Entry<AddDependencyRequest, AddDependencyResponse>(
            Service, "AddDependency", AddDependencyRequest.Parser, Rights.Write, static r => r.SessionId),
        _calls.Entry<StartOptimizationRequest, StartOptimizationResponse>(
            Service, "StartOptimization", StartOptimizationRequest.Parser, Rights.Write, static r => r.SessionId),
        _calls.Entry<StopOptimizationRequest, StopOptimizationResponse>(
            Service, "StopOptimization", StopOptimizationRequest.Parser, Rights.Read | Rights.Write, static r => r.SessionId),
        _calls.Entry<GetVariableHistoryRequest, GetVariableHistoryResponse>(
            Service, "GetVariableHistory", GetVariableHistoryRequest.Parser, Rights.Read, static r => r.SessionId),
        _calls.Entry<RollbackVariableRequest, EncodedRollbackVariableResponse>(
            Service, "RollbackVariable", RollbackVariableRequest.Parser, Rights.Read | Rights.Write, static r => r.SessionId),
    ];

    private IEnumerable<RpcMethod> ToolMethods() =>
    [
        new UnaryMethod<ExecuteToolRequest, ExecuteToolResponse>(
            Service, "ExecuteTool", ExecuteToolRequest.Parser, _router.ExecuteAsync)
        {
            Access = MethodAccess.OnSessionOrRelayed<ExecuteToolRequest>(Rights.CallTools, static r => r.SessionId),
        },
        new ServerStreamingMethod<ExecuteToolRequest>(
            Service, "ExecuteStreamingTool", ExecuteToolRequest.Parser, _router.ExecuteStreamingAsync)
        {
            Access = MethodAccess.OnSessionOrRelayed<ExecuteToolRequest>(Rights.CallTools, static r => r.SessionId),
        },
        .. _tools.BridgeMethods(Service),
        new UnaryMethod<ExecuteElixirToolRequest, ExecuteElixirToolResponse>(
            Service, "ExecuteElixirTool", ExecuteElixirToolRequest.Parser, _router.ExecuteElixirAsync)
        {
            Access = MethodAccess.OnSession<ExecuteElixirToolRequest>(Rights.CallTools, static r => r.SessionId),
        },
        new DuplexMethod<TelemetryControl>(
            Service, "StreamTelemetry", TelemetryControl.Parser, new TelemetryStreams(_events).StreamAsync)
        {
            Access = MethodAccess.Somewhere(Rights.Watch),
        },
    ];

    private PingResponse Pong(PingRequest request) => new()
    {
        Message = $"pong: {request.Message}",
        ServerTime = Timestamp.FromDateTimeOffset(_time.GetUtcNow()),
    };

    // An id that no session can have is not an error here: what it names is gone.
    private async ValueTask<RpcResult<CleanupSessionResponse>> CleanUpAsync(CleanupSessionRequest request, RpcCall call)
    {
        if (request.SessionId.Length == 0)
        {
            return new CleanupSessionResponse { Success = true };
        }

        var outcome = await _sessions.CallForAsync(call.Principal, request.SessionId, request, call.Cancellation).ConfigureAwait(false);
        if (outcome.IsRefused)
        {
            return outcome.Refusal.ToStatus();
        }

        var response = (CleanupSessionResponse)outcome.Value;
        _logger.SessionCleanedUp(request.SessionId, call.Peer, response.ResourcesCleaned);
        _events.Emit("session.destroyed", null, "", call.Principal.KeyOf(request.SessionId), ("session_id", request.SessionId));
        return response;
    }

    private async ValueTask<RpcResult<HeartbeatResponse>> BeatAsync(HeartbeatRequest request, RpcCall call)
    {
        if (request.SessionId.Length == 0)
        {
            return new HeartbeatResponse { ServerTime = Timestamp.FromDateTimeOffset(_time.GetUtcNow()) };
        }

        var outcome = await _sessions.CallForAsync(call.Principal, request.SessionId, request, call.Cancellation).ConfigureAwait(false);
        return outcome.IsRefused ? outcome.Refusal.ToStatus() : (HeartbeatResponse)outcome.Value;
    }
}
