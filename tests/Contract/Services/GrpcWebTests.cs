using System.Buffers.Binary;
using System.Net.Http.Headers;
using System.Text;
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
        using var web = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{server.AdminPort}") };
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
            var (status, words, messages) = await AskAsync(web, $"/{service}/{method}", request);
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
        using var web = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{server.AdminPort}") };
        var session = client.NewSession();
        await session.RegisterAsync("x", 1);
        using var watch = await session.WatchAsync();
        var asked = AskAsync(
            web, "/snakepit.bridge.BridgeService/WatchVariables", new WatchVariablesRequest { SessionId = session.Id, IncludeInitialValues = true });
        await Eventually.TrueAsync(
            async () => (await session.DescribeAsync()).WatcherCount == 2, "both watches are counted");

        await session.SetAsync("x", 2);
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

    private static async Task<(string Status, string Words, List<byte[]> Messages)> AskAsync(HttpClient web, string path, IMessage request)
    {
        var encoded = request.ToByteArray();
        var body = new byte[5 + encoded.Length];
        BinaryPrimitives.WriteUInt32BigEndian(body.AsSpan(1), (uint)encoded.Length);
        encoded.CopyTo(body, 5);
        using var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc-web+proto") } };
        using var response = await web.PostAsync(new Uri(path, UriKind.Relative), content, TestContext.Current.CancellationToken);
        var answer = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        var messages = new List<byte[]>();
        var trailers = string.Join("\r\n", response.Headers.Select(header => $"{header.Key.ToLowerInvariant()}: {header.Value.First()}"));
        for (var at = 0; at < answer.Length;)
        {
            var length = (int)BinaryPrimitives.ReadUInt32BigEndian(answer.AsSpan(at + 1));
            var frame = answer[(at + 5)..(at + 5 + length)];
            if (answer[at] == 0x80)
            {
                trailers = Encoding.ASCII.GetString(frame);
            }
            else
            {
                messages.Add(frame);
            }

            at += 5 + length;
        }

        var fields = trailers.Split("\r\n").Select(line => line.Split(": ", 2)).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1]);
        return (fields["grpc-status"], Uri.UnescapeDataString(fields.GetValueOrDefault("grpc-message", "")), messages);
    }
}
