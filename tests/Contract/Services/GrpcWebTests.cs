using Google.Protobuf;
using Snakepit.Protocol.Administration;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Contract.Support;

namespace Snakepit.Tests.Contract.Services;

/// <summary>What a browser asks through the admin port is answered as what a client asks over gRPC.</summary>
public sealed class GrpcWebTests
{
    [Fact]
    public async Task A_call_over_gRPC_Web_answers_as_over_gRPC()
    {
        await using var server = await ServerUnderTest.StartNewAsync(new ServerSettings { Durable = false, HasAdmin = true });
        using var client = new BridgeClient(server.Address);
        using var web = new WebClient(server);
        var session = client.NewSession();
        await session.RegisterAsync("x", 1);
        await session.RegisterAsync("y", 2);
        await session.CallAsync<AddDependencyResponse>(
            "AddDependency", new AddDependencyRequest { SessionId = session.Id, FromVariable = "y", ToVariable = "x", DependencyType = "data" });

        await SameAsync<GetVariableResponse>(BridgeClient.BridgeService, "GetVariable", new GetVariableRequest { SessionId = session.Id, VariableIdentifier = "x" });
        await SameAsync<ListVariablesResponse>(BridgeClient.BridgeService, "ListVariables", new ListVariablesRequest { SessionId = session.Id });
        await SameAsync<ListDependenciesResponse>(BridgeClient.SessionsService, "ListDependencies", new ListDependenciesRequest { SessionId = session.Id });
        await SameAsync<GetVariableResponse>(BridgeClient.BridgeService, "GetVariable", new GetVariableRequest { SessionId = session.Id, VariableIdentifier = "nothing" });
        await SameAsync<SetVariableResponse>(
            BridgeClient.BridgeService, "SetVariable", new SetVariableRequest { SessionId = session.Id, VariableIdentifier = "x", Value = Json.Of("integer", "true") });
        await SameAsync<GetSessionResponse>(BridgeClient.BridgeService, "GetSession", new GetSessionRequest { SessionId = "nowhere" });
        await SameAsync<ListSessionsResponse>(BridgeClient.SessionsService, "ListSessions", new ListSessionsRequest { PageSize = -1 });

        async Task SameAsync<TResponse>(string service, string method, IMessage request)
            where TResponse : class, IMessage<TResponse>, new()
        {
            var (status, words, messages) = await web.AskAsync($"/{service}/{method}", request);
            try
            {
                var answer = await client.CallAsync<TResponse>(service, method, request);
                Assert.Equal("0", status);
                Assert.Equal(answer, new MessageParser<TResponse>(() => new TResponse()).ParseFrom(Assert.Single(messages)));
            }
            catch (RpcException refused)
            {
                Assert.Equal((((int)refused.Status.Code).ToString(System.Globalization.CultureInfo.InvariantCulture), refused.Status.Message), (status, words));
                Assert.Empty(messages);
            }
        }
    }

    [Fact]
    public async Task A_watch_over_gRPC_Web_tells_of_changes_and_ends_with_its_session()
    {
        await using var server = await ServerUnderTest.StartNewAsync(new ServerSettings { Durable = false, HasAdmin = true });
        using var client = new BridgeClient(server.Address);
        using var web = new WebClient(server);
        var session = client.NewSession();
        await session.RegisterAsync("x", 1);
        using var watch = await session.WatchAsync();
        var asked = web.AskAsync(
            "/snakepit.bridge.BridgeService/WatchVariables", new WatchVariablesRequest { SessionId = session.Id, IncludeInitialValues = true });
        await Eventually.TrueAsync(
            async () => (await session.DescribeAsync()).WatcherCount == 2, "both watches are counted");

        await session.SetAsync("x", 2);
        Assert.Equal("2", (await watch.NextAsync(UpdateTypes.Change)).NewText());
        await session.CleanUpAsync();
        var (status, words, messages) = await asked;

        Assert.Equal(("1", $"session {session.Id} ended"), (status, words));
        Assert.Equal(
            [UpdateTypes.Initial, UpdateTypes.Heartbeat, UpdateTypes.Change],
            messages.Select(message => VariableUpdate.Parser.ParseFrom(message).UpdateType));
    }

    private static class UpdateTypes
    {
        public const string Initial = "initial_value";
        public const string Heartbeat = "heartbeat";
        public const string Change = "value_change";
    }
}
