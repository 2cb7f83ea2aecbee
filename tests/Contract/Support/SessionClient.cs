using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Administration;
using Snakepit.Protocol.Bridge;

namespace Snakepit.Tests.Contract.Support;

/// <summary>One session over gRPC: each RPC with what a test says of it, the rest left out.</summary>
public sealed partial class SessionClient(BridgeClient client, string id)
{
    public string Id { get; } = id;

    public Task<TResponse> CallAsync<TResponse>(string method, IMessage request)
        where TResponse : class, IMessage<TResponse>, new() => client.BridgeAsync<TResponse>(method, request);

    public Task<InitializeSessionResponse> InitializeAsync(
        Dictionary<string, string>? metadata = null, int ttlSeconds = 0, int historyLimit = 0)
    {
        var request = new InitializeSessionRequest
        {
            SessionId = Id,
            Config = new SessionConfig { TtlSeconds = ttlSeconds, HistoryLimit = historyLimit },
        };
        request.Metadata.Add(metadata ?? []);
        return CallAsync<InitializeSessionResponse>("InitializeSession", request);
    }

    public Task<CleanupSessionResponse> CleanUpAsync() =>
        CallAsync<CleanupSessionResponse>("CleanupSession", new CleanupSessionRequest { SessionId = Id });

    public Task<GetSessionResponse> DescribeAsync() =>
        CallAsync<GetSessionResponse>("GetSession", new GetSessionRequest { SessionId = Id });

    public async Task<bool> HeartbeatAsync() =>
        (await CallAsync<HeartbeatResponse>("Heartbeat", new HeartbeatRequest { SessionId = Id })).SessionValid;

    public RegisterVariableRequest Registering(string name, Any value, string constraints = "") => new()
    {
        SessionId = Id,
        Name = name,
        Type = value.TypeUrl[(value.TypeUrl.LastIndexOfAny(['/', '.']) + 1)..],
        InitialValue = value,
        ConstraintsJson = constraints,
    };

    public Task<RegisterVariableResponse> RegisterAsync(RegisterVariableRequest request) =>
        CallAsync<RegisterVariableResponse>("RegisterVariable", request);

    public Task<RegisterVariableResponse> RegisterAsync(string name, Any value, string constraints = "") =>
        RegisterAsync(Registering(name, value, constraints));

    /// <summary>Registers an integer.</summary>
    public Task<RegisterVariableResponse> RegisterAsync(string name, long value = 0) => RegisterAsync(name, Json.Integer(value));

    public async Task<Variable> GetAsync(string identifier, long atLeastRevision = 0) =>
        (await CallAsync<GetVariableResponse>("GetVariable", new GetVariableRequest
        {
            SessionId = Id,
            VariableIdentifier = identifier,
            AtLeastRevision = atLeastRevision,
        })).Variable;

    public SetVariableRequest Setting(string identifier, Any value) =>
        new() { SessionId = Id, VariableIdentifier = identifier, Value = value };

    public Task<SetVariableResponse> SetAsync(SetVariableRequest request) => CallAsync<SetVariableResponse>("SetVariable", request);

    public Task<SetVariableResponse> SetAsync(string identifier, Any value) => SetAsync(Setting(identifier, value));

    public Task<SetVariableResponse> SetAsync(string identifier, long value) => SetAsync(identifier, Json.Integer(value));

    /// <summary>A batch that sets integers.</summary>
    public BatchSetVariablesRequest Batch(bool atomic, params (string Identifier, long Value)[] updates)
    {
        var request = new BatchSetVariablesRequest { SessionId = Id, Atomic = atomic };
        foreach (var (identifier, value) in updates)
        {
            request.Updates.Add(identifier, Json.Integer(value));
        }

        return request;
    }

    public Task<BatchSetVariablesResponse> SetManyAsync(BatchSetVariablesRequest request) =>
        CallAsync<BatchSetVariablesResponse>("SetVariables", request);

    public Task<BatchGetVariablesResponse> GetManyAsync(params string[] identifiers)
    {
        var request = new BatchGetVariablesRequest { SessionId = Id };
        request.VariableIdentifiers.Add(identifiers);
        return CallAsync<BatchGetVariablesResponse>("GetVariables", request);
    }

    /// <summary>The names of the variables that match, in the order they were answered.</summary>
    public async Task<List<string>> ListAsync(string pattern = "") =>
        (await CallAsync<ListVariablesResponse>("ListVariables", new ListVariablesRequest { SessionId = Id, Pattern = pattern }))
            .Variables.Select(variable => variable.Name).ToList();

    public Task<DeleteVariableResponse> DeleteAsync(string identifier) => CallAsync<DeleteVariableResponse>(
        "DeleteVariable", new DeleteVariableRequest { SessionId = Id, VariableIdentifier = identifier });

    public Task<UpdateVariableResponse> UpdateAsync(UpdateVariableRequest request)
    {
        request.SessionId = Id;
        return client.CallAsync<UpdateVariableResponse>(BridgeClient.SessionsService, "UpdateVariable", request);
    }

    public Task<AddDependencyResponse> DependAsync(string from, string to, string type = "data") =>
        CallAsync<AddDependencyResponse>("AddDependency", new AddDependencyRequest
        {
            SessionId = Id,
            FromVariable = from,
            ToVariable = to,
            DependencyType = type,
        });

    public Task<StartOptimizationResponse> StartOptimizationAsync(string identifier, string optimizer) =>
        CallAsync<StartOptimizationResponse>("StartOptimization", new StartOptimizationRequest
        {
            SessionId = Id,
            VariableIdentifier = identifier,
            OptimizerId = optimizer,
        });

    public Task<StopOptimizationResponse> StopOptimizationAsync(string identifier, string optimizer = "", bool force = false) =>
        CallAsync<StopOptimizationResponse>("StopOptimization", new StopOptimizationRequest
        {
            SessionId = Id,
            VariableIdentifier = identifier,
            OptimizerId = optimizer,
            Force = force,
        });

    public async Task<IReadOnlyList<VariableHistoryEntry>> HistoryAsync(string identifier, int limit = 0) =>
        (await CallAsync<GetVariableHistoryResponse>("GetVariableHistory", new GetVariableHistoryRequest
        {
            SessionId = Id,
            VariableIdentifier = identifier,
            Limit = limit,
        })).Entries;

    public Task<RollbackVariableResponse> RollBackAsync(string identifier, int version) =>
        CallAsync<RollbackVariableResponse>("RollbackVariable", new RollbackVariableRequest
        {
            SessionId = Id,
            VariableIdentifier = identifier,
            TargetVersion = version,
        });

    public RegisterToolsRequest RegisteringTools(string worker, params string[] names) => new()
    {
        SessionId = Id,
        WorkerId = worker,
        Tools = { names.Select(name => new ToolRegistration { Name = name, Description = $"what {name} does" }) },
    };

    public Task<RegisterToolsResponse> RegisterToolsAsync(RegisterToolsRequest request) =>
        CallAsync<RegisterToolsResponse>("RegisterTools", request);

    public Task<RegisterToolsResponse> RegisterToolsAsync(string worker, params string[] names) =>
        RegisterToolsAsync(RegisteringTools(worker, names));

    /// <summary>Watches as the request says; returns at once.</summary>
    public WatchClient Watch(WatchVariablesRequest request)
    {
        request.SessionId = Id;
        return new WatchClient(client, request);
    }

    /// <summary>Watches as the request says; returns when the watch has begun.</summary>
    public async Task<WatchClient> WatchAsync(WatchVariablesRequest request)
    {
        var watch = Watch(request);
        await watch.StartedAsync();
        return watch;
    }

    /// <summary>Watches these variables, or the whole session; returns when the watch has begun.</summary>
    public Task<WatchClient> WatchAsync(params string[] identifiers)
    {
        var request = new WatchVariablesRequest();
        request.VariableIdentifiers.Add(identifiers);
        return WatchAsync(request);
    }

    /// <summary>Watches the whole session from behind a revision; returns when the watch has begun.</summary>
    public Task<WatchClient> ResumeAsync(long fromRevision) =>
        WatchAsync(new WatchVariablesRequest { FromRevision = fromRevision });
}
