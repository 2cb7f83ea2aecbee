using Snakepit.Bridge.Access;
using Snakepit.Protocol.Access;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Protocol.Storing;
using Snakepit.Protocol.Tools;
using Snakepit.Sessions;

namespace Snakepit.Bridge.Tools.Calls;

/// <summary>Finds who can run a tool for a session.</summary>
internal sealed class ToolLookup(ISessions sessions, IToolHosts hosts)
{
    private const int Lines = 1_024;

    /// <summary>Whose turn it is. Tools that share a line take turns together, which is as fair.</summary>
    private readonly int[] _turns = new int[Lines];

    /// <param name="request">The call.</param>
    /// <param name="principal">Who makes it.</param>
    /// <param name="attachedOnly">Whether only the hosts that attached count.</param>
    /// <param name="streaming">Whether the tool must answer in chunks.</param>
    /// <param name="cancellation">Gives up.</param>
    public async ValueTask<(FoundHosts? Found, ToolRefusal? Refusal)> FindAsync(
        ExecuteToolRequest request, Principal principal, bool attachedOnly, bool streaming, CancellationToken cancellation)
    {
        var name = request.ToolName;
        var outcome = await sessions.CallForAsync(
            principal, request.SessionId, new FindTool { SessionId = request.SessionId, ToolName = name }, cancellation);
        if (outcome.IsRefused)
        {
            return (null, outcome.Refusal.Kind == RefusalKind.NotFound
                ? ToolRefusal.NotFound(outcome.Refusal.Message)
                : new ToolRefusal(outcome.Refusal.ToStatus(), InBody: false));
        }

        var found = (FoundTool)outcome.Value;
        if (found.Tool is null)
        {
            if (!attachedOnly && hosts.Unregistered(principal.Tenant).Count == 0)
            {
                await hosts.LookAgainAsync(cancellation);
            }

            return attachedOnly || hosts.Unregistered(principal.Tenant).Count == 0
                ? (null, ToolRefusal.NotFound($"Tool not found: {name}"))
                : Reachable(request, null, [.. hosts.Unregistered(principal.Tenant)]);
        }

        if (attachedOnly && !found.Tool.Hosts.Any(static host => host.Kind == ToolHost.Types.Kind.Attached))
        {
            return (null, ToolRefusal.NotFound($"Tool {name} is not an Elixir tool"));
        }

        if (Check(request, found, streaming) is { } refusal)
        {
            return (null, refusal);
        }

        var known = Known(request.SessionId, principal.Tenant, found.Tool, attachedOnly);
        if (known.Count == 0)
        {
            await hosts.LookAgainAsync(cancellation);
            known = Known(request.SessionId, principal.Tenant, found.Tool, attachedOnly);
        }

        return Reachable(request, found.Tool, known);
    }

    private static ToolRefusal? Check(ExecuteToolRequest request, FoundTool found, bool streaming)
    {
        var name = request.ToolName;
        if (streaming && !found.Tool.Spec.SupportsStreaming)
        {
            return ToolRefusal.Of(
                RpcCode.Unimplemented,
                $"Tool {name} does not stream: register it with supports_streaming, or call it with ExecuteTool");
        }

        if (found.MissingVariables.Count > 0)
        {
            return ToolRefusal.Of(
                RpcCode.FailedPrecondition,
                $"Tool {name} needs variables that session {request.SessionId} does not have: {string.Join(", ", found.MissingVariables)}");
        }

        return ParameterRules.Of(found.Tool.Spec).Check(request) is { } wrong
            ? ToolRefusal.Of(RpcCode.InvalidArgument, wrong)
            : null;
    }

    private List<IToolHost> Known(string sessionId, string tenant, HostedTool tool, bool attachedOnly)
    {
        var known = new List<IToolHost>(tool.Hosts.Count);
        foreach (var host in tool.Hosts)
        {
            if ((!attachedOnly || host.Kind == ToolHost.Types.Kind.Attached) && hosts.TryFind(tenant, host.Id, out var reachable)
                && reachable.MayServe(sessionId))
            {
                known.Add(reachable);
            }
        }

        return known;
    }

    private (FoundHosts?, ToolRefusal?) Reachable(ExecuteToolRequest request, HostedTool? tool, List<IToolHost> known)
    {
        var available = known.FindAll(static host => host.IsAvailable);
        if (available.Count == 0)
        {
            var ids = known.Count > 0 ? known.Select(static host => host.Identity.Id) : tool?.Hosts.Select(static host => host.Id) ?? [];
            var list = string.Join(", ", ids);
            return (null, ToolRefusal.Unreachable(
                request.ToolName, list.Length == 0 ? "it has none" : $"{list} {(known.Count > 0 ? "does not answer" : "is not connected")}"));
        }

        // Those that are not first are there for the case that the first cannot be reached after all.
        var line = (uint)HashCode.Combine(request.SessionId, request.ToolName) % Lines;
        var first = (int)((uint)(Interlocked.Increment(ref _turns[line]) - 1) % (uint)available.Count);
        return (new FoundHosts(tool, [.. available[first..], .. available[..first]]), null);
    }
}

/// <summary>Who can run a tool.</summary>
/// <param name="Tool">What the session knows of it; null = nothing.</param>
/// <param name="Hosts">In the order in which they are tried; at least one.</param>
internal sealed record FoundHosts(HostedTool? Tool, IReadOnlyList<IToolHost> Hosts);
