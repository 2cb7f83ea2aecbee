using Snakepit.Bridge.Access;
using Snakepit.Bridge.Telemetry;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Bridge.Tools.Calls;

/// <summary>Tells of one call at one host: `tool.call.start`, then `tool.call.stop` or `tool.call.exception`.</summary>
internal sealed class CallEvents(TelemetryHub events, ToolCall call, IToolHost host, CallClock clock)
{
    private TimeSpan _began;

    public void Begin()
    {
        _began = clock.Elapsed;
        Emit("tool.call.start", null);
    }

    /// <param name="error">The tool's own failure; null = it had none.</param>
    public void End(string? error)
    {
        var duration = clock.Elapsed - _began;
        BridgeMetrics.ToolCalled(duration, CallReport.TypeOf(host), error is null ? null : "tool");
        Emit("tool.call.stop", duration, ("success", error is null ? "true" : "false"));
    }

    public void Fail(Exception failure)
    {
        var duration = clock.Elapsed - _began;
        var type = failure switch
        {
            RpcException refused => refused.Status.Code.Name(),
            OperationCanceledException => "CANCELLED",
            _ => failure.GetType().Name,
        };
        BridgeMetrics.ToolCalled(duration, CallReport.TypeOf(host), type);
        var message = failure is RpcException { Status.Message: var words } ? words : failure.Message;
        Emit("tool.call.exception", duration, ("error_type", type), ("error_message", message));
    }

    private void Emit(string name, TimeSpan? duration, params ReadOnlySpan<(string Key, string Value)> more)
    {
        if (events.IsHeard)
        {
            events.Emit(
                name,
                duration,
                call.CorrelationId,
                call.Principal.KeyOf(call.Request.SessionId),
                [
                    ("tool", call.Request.ToolName),
                    ("session_id", call.Request.SessionId),
                    ("worker_id", host.Identity.Id),
                    ("tool_type", CallReport.TypeOf(host)),
                    .. more,
                ]);
        }
    }
}
