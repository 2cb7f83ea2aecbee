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
    public void End(string? error) => Emit("tool.call.stop", clock.Elapsed - _began, ("success", error is null ? "true" : "false"));

    public void Fail(Exception failure) => Emit(
        "tool.call.exception",
        clock.Elapsed - _began,
        ("error_type", failure is RpcException refused ? refused.Status.Code.Name() : failure is OperationCanceledException ? "CANCELLED" : failure.GetType().Name),
        ("error_message", failure is RpcException { Status.Message: var message } ? message : failure.Message));

    private void Emit(string name, TimeSpan? duration, params ReadOnlySpan<(string Key, string Value)> more)
    {
        if (events.IsHeard)
        {
            events.Emit(
                name,
                duration,
                call.CorrelationId,
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
