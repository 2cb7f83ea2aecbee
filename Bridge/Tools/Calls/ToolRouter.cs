using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging;
using Snakepit.Bridge.Telemetry;
using Snakepit.Protocol.Access;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Sessions;
using Snakepit.Sessions.Commands;
using Snakepit.Transport;

namespace Snakepit.Bridge.Tools.Calls;

/// <summary>
/// Brings calls of tools to their hosts. A call is sent once: another host is tried only where it is certain that the
/// one before did not see it. Nothing of a session is held while a host works.
/// </summary>
public sealed class ToolRouter
{
    private readonly ToolSettings _settings;
    private readonly SessionLimits _limits;
    private readonly TimeProvider _time;
    private readonly ToolLookup _lookup;
    private readonly OfferExpectation _expectation;
    private readonly RelayedCalls _relayed;
    private readonly TelemetryHub _events;
    private readonly ILogger _logger;
    private int _inFlight;

    public ToolRouter(
        ISessions sessions,
        IToolHosts hosts,
        TelemetryHub events,
        SessionLimits limits,
        ToolSettings settings,
        TimeProvider time,
        ILogger<ToolRouter> logger)
    {
        (_settings, _limits, _time, _events, _logger) = (settings, limits, time, events, logger);
        _lookup = new ToolLookup(sessions, hosts);
        _expectation = new OfferExpectation(sessions, time, logger);
        _relayed = new RelayedCalls(hosts, settings, time);
    }

    /// <summary>Serves <c>ExecuteTool</c>.</summary>
    public async ValueTask<RpcResult<ExecuteToolResponse>> ExecuteAsync(ExecuteToolRequest request, RpcCall call)
    {
        if (RelayedCalls.IsRelayed(call))
        {
            return await _relayed.ExecuteAsync(request, call);
        }

        var began = _time.GetTimestamp();
        var (response, refusal) = await TryExecuteAsync(request, call, attachedOnly: false);
        return response is not null
            ? response
            : refusal!.InBody
                ? new ExecuteToolResponse { ErrorMessage = refusal.Text, ExecutionTimeMs = MillisecondsSince(began) }
                : refusal.Status;
    }

    /// <summary>Serves <c>ExecuteElixirTool</c>: tools of hosts that attached. The answer always has a JSON result.</summary>
    public async ValueTask<RpcResult<ExecuteElixirToolResponse>> ExecuteElixirAsync(ExecuteElixirToolRequest request, RpcCall call)
    {
        var began = _time.GetTimestamp();
        var forwarded = new ExecuteToolRequest
        {
            SessionId = request.SessionId,
            ToolName = request.ToolName,
            Parameters = { request.Parameters },
            Metadata = { request.Metadata },
        };
        var (response, refusal) = await TryExecuteAsync(forwarded, call, attachedOnly: true);
        if (response is null && !refusal!.InBody)
        {
            return refusal.Status;
        }

        return new ExecuteElixirToolResponse
        {
            Success = response?.Success ?? false,
            Result = response?.Result ?? new Any
            {
                TypeUrl = "type.googleapis.com/google.protobuf.StringValue",
                Value = ByteString.CopyFromUtf8("null"),
            },
            ErrorMessage = response?.ErrorMessage ?? refusal!.Text,
            Metadata = { response?.Metadata ?? [] },
            ExecutionTimeMs = response?.ExecutionTimeMs ?? MillisecondsSince(began),
            BinaryResult = response?.BinaryResult ?? ByteString.Empty,
        };
    }

    /// <summary>Serves <c>ExecuteStreamingTool</c>.</summary>
    public async Task<RpcStatus> ExecuteStreamingAsync(ExecuteToolRequest request, IResponseStream responses, RpcCall call)
    {
        if (RelayedCalls.IsRelayed(call))
        {
            return await _relayed.StreamAsync(request, responses, call);
        }

        if (Admit(request, out var refusal))
        {
            try
            {
                refusal = await StreamAsync(request, responses, call);
            }
            finally
            {
                Interlocked.Decrement(ref _inFlight);
            }
        }

        return refusal?.Status ?? RpcStatus.Ok;
    }

    private async ValueTask<(ExecuteToolResponse? Response, ToolRefusal? Refusal)> TryExecuteAsync(
        ExecuteToolRequest request, RpcCall call, bool attachedOnly)
    {
        if (!Admit(request, out var refusal))
        {
            return (null, refusal);
        }

        try
        {
            return CallTerms.Read(call, request.Metadata, _settings.Timeout, _time, out refusal) is { } terms
                ? await ExecuteAsync(request, terms, call.Principal, attachedOnly, call.Cancellation)
                : (null, refusal);
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }

    private async ValueTask<(ExecuteToolResponse? Response, ToolRefusal? Refusal)> ExecuteAsync(
        ExecuteToolRequest request, CallTerms terms, Principal principal, bool attachedOnly, CancellationToken caller)
    {
        using var deadline = new CallClock(terms, _time, caller);
        try
        {
            var (found, refusal) = await _lookup.FindAsync(request, principal, attachedOnly, streaming: false, deadline.Token);
            if (found is null)
            {
                return (null, refusal);
            }

            ExecuteToolResponse? response = null;
            refusal = await TryEachAsync(found, request, principal, deadline, async (host, tool) =>
            {
                response = await host.ExecuteAsync(tool, deadline.Token);
                deadline.Report.Sign(response, host);
                return response.Success ? null : response.ErrorMessage;
            });
            return (response, refusal);
        }
        catch (OperationCanceledException) when (deadline.HasPassed)
        {
            return (null, deadline.Refusal);
        }
    }

    private async Task<ToolRefusal?> StreamAsync(ExecuteToolRequest request, IResponseStream responses, RpcCall call)
    {
        if (CallTerms.Read(call, request.Metadata, _settings.StreamTimeout, _time, out var refusal) is not { } terms)
        {
            return refusal;
        }

        using var deadline = new CallClock(terms, _time, call.Cancellation);
        try
        {
            (var found, refusal) = await _lookup.FindAsync(request, call.Principal, attachedOnly: false, streaming: true, deadline.Token);
            if (found is null)
            {
                return refusal;
            }

            var chunks = new ChunkRelay(responses, deadline, _settings, _time, _logger);
            return await TryEachAsync(found, request, call.Principal, deadline, async (host, tool) =>
            {
                await chunks.RunAsync(host, tool);
                return null;
            });
        }
        catch (OperationCanceledException) when (deadline.HasPassed)
        {
            return deadline.Refusal;
        }
    }

    /// <summary>
    /// Runs a call at the first host that can be reached; null = it ran. Hosts behind it are tried only while the call
    /// was certainly not sent.
    /// </summary>
    private async ValueTask<ToolRefusal?> TryEachAsync(
        FoundHosts found,
        ExecuteToolRequest request,
        Principal principal,
        CallClock deadline,
        Func<IToolHost, ToolCall, Task<string?>> run)
    {
        request.Metadata[CallTerms.CorrelationKey] = deadline.Terms.CorrelationId;
        RpcException? last = null;
        foreach (var host in found.Hosts)
        {
            var tool = new ToolCall(request, deadline.Terms.CorrelationId, deadline.TimeLeft)
            {
                Hops = deadline.Terms.Hops,
                Principal = principal,
            };
            try
            {
                await RunAsync(found, host, tool, deadline, run);
                return null;
            }
            catch (RpcException failure) when (failure.NeverSent)
            {
                last = failure;
            }
            catch (RpcException failure)
            {
                return deadline.IsToBlameFor(failure) ? deadline.Refusal : ToolRefusal.Of(failure);
            }
        }

        return last!.Status.Code == RpcCode.Unavailable
            ? ToolRefusal.Unreachable(request.ToolName, last.Status.Message)
            : ToolRefusal.Of(last);
    }

    private async Task RunAsync(
        FoundHosts found, IToolHost host, ToolCall tool, CallClock deadline, Func<IToolHost, ToolCall, Task<string?>> run)
    {
        var expected = await _expectation.BeginAsync(tool, host, deadline.Token);
        var events = new CallEvents(_events, tool, host, deadline);
        events.Begin();
        TraceContext.AddTo(tool.Request.Metadata);
        try
        {
            var error = await run(host, tool);
            events.End(error);
            if (error is null && found.Tool is null)
            {
                await _expectation.NoteSuccessAsync(tool, host, deadline.Token);
            }
        }
        catch (Exception failure)
        {
            events.Fail(failure);
            throw;
        }
        finally
        {
            await _expectation.EndAsync(tool, expected);
        }
    }

    private bool Admit(ExecuteToolRequest request, [NotNullWhen(false)] out ToolRefusal? refusal)
    {
        refusal = Names.Check(request.SessionId, "session_id", _limits) is { } badId
            ? new ToolRefusal(badId.ToStatus(), InBody: false)
            : null;
        if (refusal is null && Interlocked.Increment(ref _inFlight) > _settings.MaxCalls)
        {
            Interlocked.Decrement(ref _inFlight);
            refusal = ToolRefusal.Of(RpcCode.ResourceExhausted, $"the limit of {_settings.MaxCalls} calls of tools in flight is reached");
        }

        return refusal is null;
    }

    private long MillisecondsSince(long began) => (long)_time.GetElapsedTime(began).TotalMilliseconds;
}
