using Google.Protobuf;
using Google.Protobuf.Reflection;
using Snakepit.Protocol.Administration;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Contract.Support;

namespace Snakepit.Tests.Contract.Requests;

/// <summary>
/// A mutating request with a request_id has its effect once, however often it is sent. Each case makes a
/// session ready, the request, and another content for the same id.
/// </summary>
public sealed class RepeatedRequestTests(SharedServer server)
{
    private static readonly Dictionary<string, Case> Cases = new()
    {
        ["RegisterVariable"] = new(
            session => session.Registering("new", Json.Integer(1)),
            session => session.Registering("new", Json.Integer(2))),
        ["SetVariable"] = new(
            session => session.Setting("x", Json.Integer(1)),
            session => session.Setting("x", Json.Integer(2))),
        ["SetVariables"] = new(
            session => session.Batch(true, ("x", 1), ("y", 2)),
            session => session.Batch(true, ("x", 1), ("y", 3))),
        ["DeleteVariable"] = new(
            session => new DeleteVariableRequest { SessionId = session.Id, VariableIdentifier = "x" },
            session => new DeleteVariableRequest { SessionId = session.Id, VariableIdentifier = "y" }),
        ["AddDependency"] = new(
            session => new AddDependencyRequest { SessionId = session.Id, FromVariable = "x", ToVariable = "y" },
            session => new AddDependencyRequest { SessionId = session.Id, FromVariable = "y", ToVariable = "x" }),
        ["StartOptimization"] = new(
            session => new StartOptimizationRequest { SessionId = session.Id, VariableIdentifier = "x", OptimizerId = "a" },
            session => new StartOptimizationRequest { SessionId = session.Id, VariableIdentifier = "x", OptimizerId = "b" }),
        ["StopOptimization"] = new(
            session => new StopOptimizationRequest { SessionId = session.Id, VariableIdentifier = "held" },
            session => new StopOptimizationRequest { SessionId = session.Id, VariableIdentifier = "held", Force = true }),
        ["RollbackVariable"] = new(
            session => new RollbackVariableRequest { SessionId = session.Id, VariableIdentifier = "x", TargetVersion = 0 },
            session => new RollbackVariableRequest { SessionId = session.Id, VariableIdentifier = "y", TargetVersion = 0 }),
        ["UpdateVariable"] = new(
            session => new UpdateVariableRequest { SessionId = session.Id, VariableIdentifier = "x", Metadata = { ["a"] = "1" } },
            session => new UpdateVariableRequest { SessionId = session.Id, VariableIdentifier = "x", Metadata = { ["a"] = "2" } }),
    };

    public static TheoryData<string> Methods => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task The_same_request_answers_the_same_and_applies_once(string method)
    {
        var session = await ReadyAsync(server.Client);
        var before = (await session.DescribeAsync()).Revision;
        var request = WithId(Cases[method].Request(session));

        var first = await CallAsync(server.Client, method, request);
        var after = (await session.DescribeAsync()).Revision;
        var second = await CallAsync(server.Client, method, request);

        Assert.Equal(first, second);
        Assert.True(method == "AddDependency" ? after == before : after > before);
        Assert.Equal(after, (await session.DescribeAsync()).Revision);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task The_same_request_sent_many_times_at_once_applies_once(string method)
    {
        var session = await ReadyAsync(server.Client);
        using var watch = await session.WatchAsync();
        var request = WithId(Cases[method].Request(session));

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => CallAsync(server.Client, method, request)));

        Assert.Single(answers.Distinct());
        var expected = method switch { "AddDependency" => 0, "SetVariables" => 2, _ => 1 };
        await session.RegisterAsync("last");
        var updates = await watch.TakeAsync(expected + 1);
        Assert.Equal("last", updates[^1].Variable.Name);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Other_content_under_the_same_id_is_refused(string method)
    {
        var session = await ReadyAsync(server.Client);
        await CallAsync(server.Client, method, WithId(Cases[method].Request(session)));
        var revision = (await session.DescribeAsync()).Revision;

        await CallAsync(server.Client, method, WithId(Cases[method].Other(session)))
            .RefusedAsync(RpcCode.InvalidArgument, "request_id once was used before with other content");
        await session.RegisterAsync(WithId(session.Registering("another method", Json.Integer(1))))
            .RefusedAsync(RpcCode.InvalidArgument, "request_id once was used before with other content");

        Assert.Equal(revision, (await session.DescribeAsync()).Revision);
    }

    [Fact]
    public async Task The_same_requests_answer_the_same_after_a_restart()
    {
        await using var restarted = await ServerUnderTest.StartNewAsync();
        var sent = new List<(string Method, IMessage Request, IMessage Answer, string SessionId, long Revision)>();
        using (var client = new BridgeClient(restarted.Address))
        {
            foreach (var (method, example) in Cases)
            {
                var session = await ReadyAsync(client);
                var request = WithId(example.Request(session));
                var answer = await CallAsync(client, method, request);
                sent.Add((method, request, answer, session.Id, (await session.DescribeAsync()).Revision));
            }
        }

        await restarted.RestartAsync();

        using var again = new BridgeClient(restarted.Address);
        foreach (var (method, request, answer, id, revision) in sent)
        {
            Assert.Equal(answer, await CallAsync(again, method, request));
            Assert.Equal(revision, (await again.Session(id).DescribeAsync()).Revision);
        }
    }

    [Fact]
    public async Task A_refusal_is_not_remembered()
    {
        var session = await ReadyAsync(server.Client);
        var request = WithId(session.Setting("later", Json.Integer(5)));
        await session.SetAsync(request).RefusedAsync(RpcCode.NotFound, "later");
        var batch = session.Batch(true, ("later", 6));
        batch.RequestId = "batch";
        Assert.False((await session.SetManyAsync(batch)).Success);

        await session.RegisterAsync("later");

        Assert.Equal(1, (await session.SetAsync(request)).NewVersion);
        Assert.True((await session.SetManyAsync(batch)).Success);
        Assert.Equal(("6", 2), ((await session.GetAsync("later")).Text(), (await session.GetAsync("later")).Version));
    }

    [Fact]
    public async Task A_batch_of_which_a_part_was_applied_is_remembered()
    {
        var session = await ReadyAsync(server.Client);
        var batch = session.Batch(false, ("x", 1), ("later", 6));
        batch.RequestId = "once";
        var first = await session.SetManyAsync(batch);
        await session.RegisterAsync("later");

        Assert.Equal(first, await session.SetManyAsync(batch));
        Assert.Equal(0, (await session.GetAsync("later")).Version);
    }

    [Fact]
    public async Task One_id_means_another_request_in_another_session()
    {
        var (one, other) = (await ReadyAsync(server.Client), await ReadyAsync(server.Client));

        Assert.True((await one.SetAsync(WithId(one.Setting("x", Json.Integer(1))))).Success);
        Assert.True((await other.SetAsync(WithId(other.Setting("x", Json.Integer(2))))).Success);
    }

    [Fact]
    public async Task A_request_id_that_is_too_long_is_refused()
    {
        var session = await ReadyAsync(server.Client);
        var request = session.Setting("x", Json.Integer(1));
        request.RequestId = new string('i', 257);

        await session.SetAsync(request).RefusedAsync(RpcCode.InvalidArgument, "request_id has 257 bytes, the limit is 256");
    }

    /// <summary>A session with x and y at version 1, and one that an optimizer holds.</summary>
    private static async Task<SessionClient> ReadyAsync(BridgeClient client)
    {
        var session = client.NewSession();
        foreach (var name in new[] { "x", "y", "held" })
        {
            await session.RegisterAsync(name);
            await session.SetAsync(name, 100);
        }

        await session.StartOptimizationAsync("held", "somebody");
        return session;
    }

    // The field has one name in all of them, so one test can speak for all.
    private static T WithId<T>(T request)
        where T : IMessage
    {
        FieldDescriptor field = request.Descriptor.FindFieldByName("request_id");
        field.Accessor.SetValue(request, "once");
        return request;
    }

    private static async Task<IMessage> CallAsync(BridgeClient client, string method, IMessage request) => method switch
    {
        "RegisterVariable" => await client.BridgeAsync<RegisterVariableResponse>(method, request),
        "SetVariable" => await client.BridgeAsync<SetVariableResponse>(method, request),
        "SetVariables" => await client.BridgeAsync<BatchSetVariablesResponse>(method, request),
        "DeleteVariable" => await client.BridgeAsync<DeleteVariableResponse>(method, request),
        "AddDependency" => await client.BridgeAsync<AddDependencyResponse>(method, request),
        "StartOptimization" => await client.BridgeAsync<StartOptimizationResponse>(method, request),
        "StopOptimization" => await client.BridgeAsync<StopOptimizationResponse>(method, request),
        "RollbackVariable" => await client.BridgeAsync<RollbackVariableResponse>(method, request),
        "UpdateVariable" => await client.CallAsync<UpdateVariableResponse>(BridgeClient.SessionsService, method, request),
        _ => throw new ArgumentOutOfRangeException(nameof(method), method, "no such case"),
    };

    /// <param name="Request">The request.</param>
    /// <param name="Other">One that differs from it.</param>
    private sealed record Case(Func<SessionClient, IMessage> Request, Func<SessionClient, IMessage> Other);
}
