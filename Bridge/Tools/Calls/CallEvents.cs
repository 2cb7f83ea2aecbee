using System.Diagnostics;
using Snakepit.Bridge.Access;
using Snakepit.Bridge.Telemetry;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Bridge.Tools.Calls;

/// <summary>
/// Tells of one call at one host: `tool.call.start`, then `tool.call.stop` or `tool.call.exception`; how long it took; and, of a
/// call whose trace is recorded, a span from its begin to its end.
/// </summary>
internal sealed class CallEvents(TelemetryHub events, ToolCall call, IToolHost host, CallClock clock)
{
    private static readonly ActivitySource Source = new("Snakepit.Bridge");

    private TimeSpan _began;
    private Activity? _span;

    /// <summary>What is called from here on is in the span.</summary>
    public void Begin()
    {
        _began = clock.Elapsed;
        if (Activity.Current is { Recorded: true })
        {
            _span = Source.StartActivity($"tool {call.Request.ToolName}", ActivityKind.Client)?
                .SetTag("snakepit.tool.name", call.Request.ToolName)
                .SetTag("snakepit.tool.host", host.Identity.Id)
                .SetTag("snakepit.tool.type", CallReport.TypeOf(host));
        }

        Emit("tool.call.start", null);
    }

    /// <param name="error">The tool's own failure; null = it had none.</param>
    public void End(string? error)
    {
        var duration = clock.Elapsed - _began;
        BridgeMetrics.ToolCalled(duration, CallReport.TypeOf(host), error is null ? null : "tool");
        EndSpan(error is null ? null : "tool");
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
        EndSpan(type);
        var message = failure is RpcException { Status.Message: var words } ? words : failure.Message;
        Emit("tool.call.exception", duration, ("error_type", type), ("error_message", message));
    }

    private void EndSpan(string? failure)
    {
        if (failure is not null)
        {
            _span?.SetStatus(ActivityStatusCode.Error).SetTag("error.type", failure);
        }

        _span?.Dispose();
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
