using Microsoft.Extensions.Logging;
using Snakepit.Bridge.Tools;
using Snakepit.Bridge.Tools.Attached;
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
            new AttachedStreams(sessions, hosts, limits, settings, time, logger).AttachAsync),
        new UnaryMethod<AddWorkerRequest, AddWorkerResponse>(
            Contract.Name, "AddWorker", AddWorkerRequest.Parser, (request, _) => new(Add(request))),
        new UnaryMethod<RemoveWorkerRequest, RemoveWorkerResponse>(
            Contract.Name, "RemoveWorker", RemoveWorkerRequest.Parser, (request, _) => new(Remove(request))),
        new UnaryMethod<ListWorkersRequest, ListWorkersResponse>(
            Contract.Name, "ListWorkers", ListWorkersRequest.Parser, (_, _) => new(List())),
        new SessionTools(sessions, limits, logger, hosts).ListTools(Contract.Name),
    ];

    private RpcResult<AddWorkerResponse> Add(AddWorkerRequest request)
    {
        var announced = hosts.Announce(request.WorkerId, request.Address);
        return announced.IsRefused
            ? announced.Refusal.ToStatus()
            : new AddWorkerResponse { WorkerId = announced.Value.Identity.Id };
    }

    private RpcResult<RemoveWorkerResponse> Remove(RemoveWorkerRequest request)
    {
        var removed = hosts.Remove(request.WorkerId);
        return removed.IsRefused ? removed.Refusal.ToStatus() : removed.Value;
    }

    private ListWorkersResponse List() => new() { Workers = { hosts.Describe() } };
}
