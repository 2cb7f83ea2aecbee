using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Administration;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Contract.Support;

namespace Snakepit.Tests.Contract.Sessions;

/// <summary>Every call that needs a session, to one that there is not, and to one that cannot be.</summary>
public sealed class UnknownSessionTests(SharedServer server)
{
    private static readonly Dictionary<string, (string Service, Func<string, IMessage> Request)> Calls = new()
    {
        ["GetSession"] = Bridge(id => new GetSessionRequest { SessionId = id }),
        ["GetVariable"] = Bridge(id => new GetVariableRequest { SessionId = id, VariableIdentifier = "x" }),
        ["SetVariable"] = Bridge(id => new SetVariableRequest { SessionId = id, VariableIdentifier = "x", Value = Json.Integer(1) }),
        ["GetVariables"] = Bridge(id => new BatchGetVariablesRequest { SessionId = id, VariableIdentifiers = { "x" } }),
        ["SetVariables"] = Bridge(id => new BatchSetVariablesRequest { SessionId = id, Updates = { ["x"] = Json.Integer(1) } }),
        ["ListVariables"] = Bridge(id => new ListVariablesRequest { SessionId = id }),
        ["DeleteVariable"] = Bridge(id => new DeleteVariableRequest { SessionId = id, VariableIdentifier = "x" }),
        ["AddDependency"] = Bridge(id => new AddDependencyRequest { SessionId = id, FromVariable = "x", ToVariable = "y" }),
        ["StartOptimization"] = Bridge(id => new StartOptimizationRequest { SessionId = id, VariableIdentifier = "x", OptimizerId = "o" }),
        ["StopOptimization"] = Bridge(id => new StopOptimizationRequest { SessionId = id, VariableIdentifier = "x" }),
        ["GetVariableHistory"] = Bridge(id => new GetVariableHistoryRequest { SessionId = id, VariableIdentifier = "x" }),
        ["RollbackVariable"] = Bridge(id => new RollbackVariableRequest { SessionId = id, VariableIdentifier = "x" }),
        ["UpdateVariable"] = (BridgeClient.SessionsService, id => new UpdateVariableRequest { SessionId = id, VariableIdentifier = "x" }),
    };

    public static TheoryData<string> Methods => [.. Calls.Keys];

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task A_call_to_an_unknown_session_is_not_found(string method) =>
        await Call(method, "nobody").RefusedExactlyAsync(RpcCode.NotFound, "Session not found: nobody");

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task A_call_without_a_session_id_is_refused(string method) =>
        await Call(method, "").RefusedAsync(RpcCode.InvalidArgument, "session_id must not be empty");

    [Fact]
    public async Task A_watch_of_an_unknown_session_is_not_found()
    {
        using var watch = server.Client.Session("nobody").Watch(new WatchVariablesRequest());
        await watch.StartedAsync().RefusedExactlyAsync(RpcCode.NotFound, "Session not found: nobody");

        using var resumed = server.Client.Session("nobody").Watch(new WatchVariablesRequest { FromRevision = 7 });
        await resumed.StartedAsync().RefusedExactlyAsync(RpcCode.NotFound, "Session not found: nobody");
    }

    [Fact]
    public async Task A_watch_without_a_session_id_is_refused()
    {
        using var watch = server.Client.Session("").Watch(new WatchVariablesRequest());
        await watch.StartedAsync().RefusedAsync(RpcCode.InvalidArgument, "session_id must not be empty");
    }

    [Fact]
    public async Task A_registration_without_a_session_id_is_refused() =>
        await server.Client.Session("").RegisterAsync("x").RefusedAsync(RpcCode.InvalidArgument, "session_id must not be empty");

    private static (string, Func<string, IMessage>) Bridge(Func<string, IMessage> request) => (BridgeClient.BridgeService, request);

    // No answer is expected, so any message will do for it.
    private Task<Empty> Call(string method, string id)
    {
        var (service, request) = Calls[method];
        return server.Client.CallAsync<Empty>(service, method, request(id));
    }
}
