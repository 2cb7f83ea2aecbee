using Microsoft.Extensions.Logging;
using Snakepit.Bridge.Access;
using Snakepit.Bridge.Handlers;
using Snakepit.Protocol.Access;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Protocol.Storing;
using Snakepit.Protocol.Tools;
using Snakepit.Sessions;
using Snakepit.Sessions.Commands;

namespace Snakepit.Bridge.Tools;

/// <summary>What is asked of a session about its tools, and told: entries of the method table. None of them calls a tool.</summary>
/// <param name="sessions">Where the sessions live.</param>
/// <param name="limits">Ids are checked against them.</param>
/// <param name="logger">Registrations and refusals go there.</param>
/// <param name="hosts">Those of this process.</param>
internal sealed class SessionTools(ISessions sessions, SessionLimits limits, ILogger logger, IToolHosts hosts)
{
    /// <summary>Where a worker of the public project puts a tool's required variables: no field of a registration has them.</summary>
    private const string RequiredVariables = "required_variables";

    private readonly SessionCalls _calls = new(sessions, limits, logger);

    /// <summary>Of the public service.</summary>
    public IEnumerable<RpcMethod> BridgeMethods(string service) =>
    [
        new UnaryMethod<RegisterToolsRequest, RegisterToolsResponse>(
            service, "RegisterTools", RegisterToolsRequest.Parser, RegisterAsync)
        {
            Access = MethodAccess.OnSession<RegisterToolsRequest>(Rights.ServeTools, static r => r.SessionId),
        },
        new UnaryMethod<GetExposedElixirToolsRequest, GetExposedElixirToolsResponse>(
            service, "GetExposedElixirTools", GetExposedElixirToolsRequest.Parser, ExposedAsync)
        {
            Access = MethodAccess.OnSession<GetExposedElixirToolsRequest>(Rights.Read, static r => r.SessionId),
        },
    ];

    /// <summary>Of <c>snakepit.tools.v1.Tools</c>.</summary>
    public RpcMethod ListTools(string service) => _calls.Entry<ListToolsRequest, ListToolsResponse>(
        service, "ListTools", ListToolsRequest.Parser, Rights.Read, static r => r.SessionId);

    private async ValueTask<RpcResult<RegisterToolsResponse>> RegisterAsync(RegisterToolsRequest request, RpcCall call)
    {
        if ((Names.Check(request.SessionId, "session_id", limits) ?? Names.Check(request.WorkerId, "worker_id", limits)) is { } bad)
        {
            return bad.ToStatus();
        }

        var outcome = await sessions
            .CallForAsync(call.Principal, request.SessionId, ToOffer(request, call.Principal.Tenant), call.Cancellation).ConfigureAwait(false);
        if (outcome.IsRefused)
        {
            var status = outcome.Refusal.ToStatus();
            logger.CallRefused("RegisterTools", request.SessionId, status.Code);
            return status;
        }

        var response = (RegisterToolsResponse)outcome.Value;
        if (response.Success)
        {
            logger.ToolsRegistered(response.ToolIds.Count, request.WorkerId, request.SessionId);
        }

        return response;
    }

    // What a worker calls itself says something only where it was announced under that name.
    private OfferTools ToOffer(RegisterToolsRequest request, string tenant)
    {
        var known = hosts.TryFind(tenant, request.WorkerId, out var host) ? host.Identity : null;
        return new OfferTools
        {
            SessionId = request.SessionId,
            Host = known ?? new ToolHost { Id = request.WorkerId, Kind = ToolHost.Types.Kind.Worker },
            SelfNamed = known is null,
            Tools = { request.Tools.Select(ToSpec) },
        };
    }

    private static ToolSpec ToSpec(ToolRegistration tool)
    {
        var spec = new ToolSpec
        {
            Name = tool.Name,
            Description = tool.Description,
            SupportsStreaming = tool.SupportsStreaming,
            Parameters = { tool.Parameters },
            Metadata = { tool.Metadata },
        };
        if (tool.Metadata.TryGetValue(RequiredVariables, out var names))
        {
            spec.RequiredVariables.Add(names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        }

        return spec;
    }

    // The public Python client asks before it does anything else: of a session that is not there yet, none is an answer.
    private async ValueTask<RpcResult<GetExposedElixirToolsResponse>> ExposedAsync(GetExposedElixirToolsRequest request, RpcCall call)
    {
        if (Names.Check(request.SessionId, "session_id", limits) is not null)
        {
            return new GetExposedElixirToolsResponse();
        }

        var outcome = await sessions
            .CallForAsync(call.Principal, request.SessionId, request, call.Cancellation).ConfigureAwait(false);
        return outcome.Refusal switch
        {
            null => (GetExposedElixirToolsResponse)outcome.Value!,
            { Kind: RefusalKind.NotFound } => new GetExposedElixirToolsResponse(),
            { } refusal => refusal.ToStatus(),
        };
    }
}
