using Microsoft.Extensions.Logging;
using Snakepit.Bridge.Tools;
using Snakepit.Bridge.Tools.Attached;
using Snakepit.Protocol.Access;
using Snakepit.Protocol.Rpc;
using Snakepit.Protocol.Tools;
using Snakepit.Sessions;

namespace Snakepit.Bridge.Handlers;

/// <summary>The service of tools' hosts, <c>snakepit.tools.v1.Tools</c>.</summary>
public sealed class ToolsService(
    ISessions sessions,
    ToolHosts hosts,
    SessionLimits limits,
    ToolSettings settings,
    TimeProvider time,
    ILogger<ToolsService> logger)
{
    public static ServiceContract Contract { get; } = new(
        "snakepit.tools.v1.Tools", static () => SnakepitToolsReflection.Descriptor.Services[0]);

    public IEnumerable<RpcMethod> Methods =>
    [
        new DuplexMethod<HostMessage>(
            Contract.Name,
            "Attach",
            HostMessage.Parser,
            new AttachedStreams(sessions, hosts, limits, settings, time, logger).AttachAsync)
        {
            Access = MethodAccess.Somewhere(Rights.ServeTools),
        },
        new UnaryMethod<AddWorkerRequest, AddWorkerResponse>(
            Contract.Name, "AddWorker", AddWorkerRequest.Parser, AddAsync)
        {
            Access = MethodAccess.Everywhere(Rights.Administer),
        },
        new UnaryMethod<RemoveWorkerRequest, RemoveWorkerResponse>(
            Contract.Name, "RemoveWorker", RemoveWorkerRequest.Parser, RemoveAsync)
        {
            Access = MethodAccess.Everywhere(Rights.Administer),
        },
        new UnaryMethod<ListWorkersRequest, ListWorkersResponse>(
            Contract.Name, "ListWorkers", ListWorkersRequest.Parser, (_, call) => new(List(call.Principal.Tenant)))
        {
            Access = MethodAccess.Everywhere(Rights.Administer),
        },
        new SessionTools(sessions, limits, logger, hosts).ListTools(Contract.Name),
    ];

    private async ValueTask<RpcResult<AddWorkerResponse>> AddAsync(AddWorkerRequest request, RpcCall call)
    {
        var announced = hosts.Announce(request.WorkerId, request.Address, call.Principal.Tenant);
        if (announced.IsRefused)
        {
            return announced.Refusal.ToStatus();
        }

        await hosts.LookAgainAsync(call.Cancellation);
        return new AddWorkerResponse { WorkerId = announced.Value.Identity.Id };
    }

    private async ValueTask<RpcResult<RemoveWorkerResponse>> RemoveAsync(RemoveWorkerRequest request, RpcCall call)
    {
        var removed = hosts.Remove(request.WorkerId, call.Principal.Tenant);
        if (removed.IsRefused)
        {
            return removed.Refusal.ToStatus();
        }

        await hosts.LookAgainAsync(call.Cancellation);
        return removed.Value;
    }

    private ListWorkersResponse List(string tenant) => new() { Workers = { hosts.Describe(tenant) } };
}
