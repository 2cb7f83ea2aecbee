using Snakepit.Bridge.Tools.Attached;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Bridge.Tools.Calls;

/// <summary>
/// The calls that another gateway hands over, for a host that is attached here. That gateway has asked the session, and
/// tells its caller what becomes of them: here nothing is looked up, and every failure is a status.
/// </summary>
internal sealed class RelayedCalls(IToolHosts hosts, ToolSettings settings, TimeProvider time)
{
    /// <summary>Whether it is one of them. Who is no gateway was refused before, if that matters here.</summary>
    public static bool IsRelayed(RpcCall call) => call.Header(RpcHeaders.ToolHost) is { Length: > 0 };

    public async ValueTask<RpcResult<ExecuteToolResponse>> ExecuteAsync(ExecuteToolRequest request, RpcCall call)
    {
        ExecuteToolResponse? response = null;
        var status = await RunAsync(request, call, settings.Timeout, async (host, tool, token) =>
            response = await host.ExecuteAsync(tool, token));
        return response is not null ? response : status;
    }

    public Task<RpcStatus> StreamAsync(ExecuteToolRequest request, IResponseStream responses, RpcCall call) =>
        RunAsync(request, call, settings.StreamTimeout, async (host, tool, token) =>
        {
            await foreach (var chunk in host.StreamAsync(tool, token))
            {
                responses.Write(chunk);
                await responses.FlushAsync(token);
            }
        });

    private async Task<RpcStatus> RunAsync(
        ExecuteToolRequest request,
        RpcCall call,
        TimeSpan usual,
        Func<IToolHost, ToolCall, CancellationToken, Task> run)
    {
        var hostId = call.Header(RpcHeaders.ToolHost)!;
        var tenant = Uri.UnescapeDataString(call.Header(RpcHeaders.Tenant) ?? "");

        // Only one's own: a host that has gone on to a third gateway is not followed.
        if (!hosts.TryFind(tenant, hostId, out var host) || host is not AttachedHost || !host.MayServe(request.SessionId))
        {
            return new RpcStatus(RpcCode.Unavailable, $"host {hostId} is not attached to this gateway");
        }

        if (CallTerms.Read(call, request.Metadata, usual, time, out var refusal) is not { } terms)
        {
            return refusal!.Status;
        }

        using var clock = new CallClock(terms, time, call.Cancellation);
        try
        {
            await run(host, new ToolCall(request, terms.CorrelationId, clock.TimeLeft), clock.Token);
            return RpcStatus.Ok;
        }
        catch (RpcException failure)
        {
            return failure.Status;
        }
        catch (OperationCanceledException) when (clock.HasPassed)
        {
            return clock.Refusal.Status;
        }
    }
}
