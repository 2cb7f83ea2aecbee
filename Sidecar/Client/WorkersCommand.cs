using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Snakepit.Protocol.Tools;
using Snakepit.Serving.CommandLine;

namespace Snakepit.Sidecar.Client;

/// <summary>`snakepit workers`: who runs tools. With `add` and `remove` behind it, workers are announced and forgotten.</summary>
internal sealed class WorkersCommand : ClientCommand
{
    private static readonly Table<WorkerStatus> Table = new(
        ("WORKER", worker => worker.WorkerId),
        ("KIND", worker => worker.Kind.ToString().ToLowerInvariant()),
        ("STATE", worker => worker.State.ToString().ToLowerInvariant()),
        ("SINCE", worker => Shown.Time(worker.Since)),
        ("ADDRESS", worker => worker.Address is "" ? "-" : worker.Address),
        ("CALLS", worker => worker.Calls.ToString(CultureInfo.InvariantCulture)),
        ("FAILED", worker => worker.FailedCalls.ToString(CultureInfo.InvariantCulture)),
        ("NOW", worker => worker.CallsInFlight.ToString(CultureInfo.InvariantCulture)),
        ("DETAIL", worker => Shown.Short(worker.Detail)));

    private readonly Argument<string?> _action = new("ACTION")
    {
        Description = "list, add or remove; list where it is left out",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Argument<string?> _worker = new("WORKER")
    {
        Description = "to add, HOST:PORT where the worker listens; to remove, its id",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string> _id = new("--id")
    {
        Description = "what an added worker is known by; its address where this is left out",
        HelpName = "ID",
    };

    /// <param name="name">`workers`, or `worker` for those who type it so.</param>
    public WorkersCommand(string name)
        : base(
            name,
            "List the hosts of tools; announce a worker that listens, or forget one.",
            "snakepit workers",
            "snakepit workers add localhost:50061 --id vision",
            "snakepit workers remove vision")
    {
        _action.CompletionSources.Add("list", "add", "remove");
        Takes([_action, _worker], _id);
    }

    protected override Task RunAsync(
        ParseResult parsed, ServerConnection server, Output output, CancellationToken cancellation)
    {
        var worker = parsed.GetValue(_worker);
        var id = parsed.GetValue(_id);
        if (id is not null && parsed.GetValue(_action) is not "add")
        {
            throw new MistakeException("--id belongs to add");
        }

        return parsed.GetValue(_action) switch
        {
            null or "list" when worker is null => ListAsync(server, output, cancellation),
            null or "list" => throw new MistakeException($"WORKER: '{worker}' is one too many"),
            "add" => AddAsync(id ?? "", Required(worker, "HOST:PORT"), server, output, cancellation),
            "remove" => RemoveAsync(Required(worker, "an id"), server, output, cancellation),
            var unknown => throw new MistakeException($"ACTION: '{unknown}' is not list, add or remove"),
        };
    }

    private static string Required(string? worker, string what) => worker ?? throw new MistakeException($"WORKER: {what} is missing");

    private static async Task ListAsync(ServerConnection server, Output output, CancellationToken cancellation)
    {
        var answer = await server.ToolsAsync("ListWorkers", new ListWorkersRequest(), ListWorkersResponse.Parser, cancellation);
        output.Write(answer.Workers, Table, WriteJson);
    }

    private static async Task AddAsync(
        string id, string address, ServerConnection server, Output output, CancellationToken cancellation)
    {
        var request = new AddWorkerRequest { WorkerId = id, Address = address };
        var answer = await server.ToolsAsync("AddWorker", request, AddWorkerResponse.Parser, cancellation);
        output.Write($"{answer.WorkerId} is added", json => json.WriteString("worker", answer.WorkerId));
    }

    private static async Task RemoveAsync(string id, ServerConnection server, Output output, CancellationToken cancellation)
    {
        var request = new RemoveWorkerRequest { WorkerId = id };
        var answer = await server.ToolsAsync("RemoveWorker", request, RemoveWorkerResponse.Parser, cancellation);
        RpcFailure.Require(answer.Removed, $"NOT_FOUND: Worker not found: {id}");
        output.Write($"{id} is removed", json => json.WriteString("worker", id));
    }

    private static void WriteJson(Utf8JsonWriter json, WorkerStatus worker)
    {
        json.WriteString("worker", worker.WorkerId);
        json.WriteString("kind", worker.Kind.ToString().ToLowerInvariant());
        json.WriteString("state", worker.State.ToString().ToLowerInvariant());
        json.WriteString("since", Shown.Time(worker.Since));
        json.WriteString("address", worker.Address);
        json.WriteNumber("calls", worker.Calls);
        json.WriteNumber("failed_calls", worker.FailedCalls);
        json.WriteNumber("calls_in_flight", worker.CallsInFlight);
        json.WriteNumber("process_id", worker.ProcessId);
        json.WriteNumber("restarts", worker.Restarts);
        json.WriteString("detail", worker.Detail);
        VariableOutput.WriteMetadata(json, worker.Metadata);
    }
}
