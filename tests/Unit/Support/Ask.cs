using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Administration;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Storing;
using Snakepit.Protocol.Tools;
using Snakepit.Storage;

namespace Snakepit.Tests.Unit.Support;

/// <summary>Requests to a session named `s`, in as few words as a test needs.</summary>
internal static class Ask
{
    public const string Session = "s";

    public static Any Json(string json, string type = "integer") => new()
    {
        TypeUrl = "type.googleapis.com/snakepit." + type,
        Value = ByteString.CopyFromUtf8(json),
    };

    public static InitializeSessionRequest Initialize(int ttlSeconds = 0, int historyLimit = 0) => new()
    {
        SessionId = Session,
        Config = new SessionConfig { TtlSeconds = ttlSeconds, HistoryLimit = historyLimit },
    };

    public static RegisterVariableRequest Register(
        string name, string json = "0", string type = "integer", string constraints = "", string requestId = "") => new()
        {
            SessionId = Session,
            Name = name,
            Type = type,
            InitialValue = Json(json, type),
            ConstraintsJson = constraints,
            RequestId = requestId,
        };

    public static SetVariableRequest Set(
        string identifier, string json, string type = "integer", string requestId = "", int? expected = null, string optimizer = "")
    {
        var request = new SetVariableRequest
        {
            SessionId = Session,
            VariableIdentifier = identifier,
            Value = Json(json, type),
            RequestId = requestId,
        };
        if (expected is { } version)
        {
            request.ExpectedVersion = version;
        }

        if (optimizer.Length > 0)
        {
            request.Metadata["optimizer_id"] = optimizer;
        }

        return request;
    }

    public static BatchSetVariablesRequest SetAll(bool atomic, params (string Identifier, string Json)[] updates)
    {
        var request = new BatchSetVariablesRequest { SessionId = Session, Atomic = atomic };
        foreach (var (identifier, json) in updates)
        {
            request.Updates.Add(identifier, Json(json));
        }

        return request;
    }

    public static DeleteVariableRequest Delete(string identifier, string requestId = "") =>
        new() { SessionId = Session, VariableIdentifier = identifier, RequestId = requestId };

    public static AddDependencyRequest Depend(string from, string to, string type = "") =>
        new() { SessionId = Session, FromVariable = from, ToVariable = to, DependencyType = type };

    public static StartOptimizationRequest Start(string identifier, string optimizer = "opt") =>
        new() { SessionId = Session, VariableIdentifier = identifier, OptimizerId = optimizer };

    public static StopOptimizationRequest Stop(string identifier, string optimizer = "", bool force = false) =>
        new() { SessionId = Session, VariableIdentifier = identifier, OptimizerId = optimizer, Force = force };

    public static RollbackVariableRequest RollBack(string identifier, int version, string requestId = "") =>
        new() { SessionId = Session, VariableIdentifier = identifier, TargetVersion = version, RequestId = requestId };

    public static UpdateVariableRequest Update(string identifier, string? constraints = null, string? access = null)
    {
        var request = new UpdateVariableRequest { SessionId = Session, VariableIdentifier = identifier };
        if (constraints is not null)
        {
            request.ConstraintsJson = constraints;
        }

        if (access is not null)
        {
            request.AccessControlJson = access;
        }

        return request;
    }

    public static ToolSpec Tool(string name, string description = "") => new() { Name = name, Description = description };

    /// <summary>An offer of tools by a worker.</summary>
    public static OfferTools Offer(string host, params string[] names) => Offer(host, [.. names.Select(name => Tool(name))]);

    public static OfferTools Offer(string host, params IReadOnlyList<ToolSpec> tools) =>
        new() { SessionId = Session, Host = new ToolHost { Id = host }, Tools = { tools } };

    public static WithdrawTools Withdraw(string host, params string[] names) =>
        new() { SessionId = Session, HostId = host, ToolNames = { names } };

    /// <summary>An offer of a worker that only it knows by that name.</summary>
    public static OfferTools SelfNamed(string worker, params string[] names) => new(Offer(worker, names)) { SelfNamed = true };

    /// <summary>A call to a host that is in flight.</summary>
    public static ExpectOffer Expect(string call, string host, DateTimeOffset until, string tool = "called") => new()
    {
        SessionId = Session,
        CallId = call,
        ToolName = tool,
        Host = new ToolHost { Id = host },
        Until = UnixTime.ToMicroseconds(until),
    };

    public static ExpectOffer Ended(string call) => new() { SessionId = Session, CallId = call };

    public static FindTool Find(string tool) => new() { SessionId = Session, ToolName = tool };

    public static GetVariableRequest Get(string identifier) => new() { SessionId = Session, VariableIdentifier = identifier };

    public static GetVariableHistoryRequest History(string identifier, int limit = 0) =>
        new() { SessionId = Session, VariableIdentifier = identifier, Limit = limit };

    public static ListVariablesRequest List(string pattern = "") => new() { SessionId = Session, Pattern = pattern };

    public static GetSessionRequest Describe() => new() { SessionId = Session };

    public static HeartbeatRequest Beat() => new() { SessionId = Session };

    public static CleanupSessionRequest CleanUp() => new() { SessionId = Session };

    public static WatchVariablesRequest Watch(long? fromRevision = null, params string[] identifiers)
    {
        var request = new WatchVariablesRequest { SessionId = Session };
        request.VariableIdentifiers.Add(identifiers);
        if (fromRevision is { } revision)
        {
            request.FromRevision = revision;
        }

        return request;
    }
}
