using Google.Protobuf;
using Snakepit.Protocol.Administration;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Contract.Support;

namespace Snakepit.Tests.Contract.Durability;

/// <summary>What a server answers after it ended and started again on the same data.</summary>
public sealed class RestartTests : IAsyncLifetime
{
    private ServerUnderTest _server = null!;
    private BridgeClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await ServerUnderTest.StartNewAsync();
        _client = new BridgeClient(_server.Address);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Everything_of_a_session_is_as_it_was()
    {
        var session = _client.NewSession();
        await session.InitializeAsync(new() { ["owner"] = "me" }, ttlSeconds: 500, historyLimit: 3);
        await session.RegisterAsync("a", Json.Of("integer", "1", Json.DspexPrefix), """{"max": 50}""");
        await session.RegisterAsync("large", Json.LargeString(300_000));
        var binary = session.Registering("binary", Json.Of("tensor.binary", """{"shape": [3], "dtype": "int8"}"""));
        (binary.Type, binary.InitialBinaryValue) = ("tensor", ByteString.CopyFrom(1, 2, 3));
        binary.AccessControlJson = """{"read":["*"]}""";
        await session.RegisterAsync(binary);
        await session.RegisterAsync("gone");
        await session.DeleteAsync("gone");
        await session.RegisterAsync("b");
        for (var n = 2; n <= 6; n++)
        {
            var setting = session.Setting("a", Json.Integer(n));
            setting.Metadata.Add(new Dictionary<string, string> { ["source"] = "python", ["n"] = $"{n}" });
            await session.SetAsync(setting);
        }

        await session.DependAsync("b", "a");
        await session.StartOptimizationAsync("b", "holder");
        var before = await SeenAsync(session);

        session = await RestartAsync(session.Id);

        Assert.Equal(before, await SeenAsync(session));
        await session.SetAsync("a", 51).RefusedAsync(RpcCode.InvalidArgument, "value 51 is above maximum 50");
        await session.SetAsync("b", 1).RefusedAsync(RpcCode.FailedPrecondition, "locked for optimization by holder");
        await session.DependAsync("a", "b").RefusedAsync(RpcCode.FailedPrecondition, "a -> b -> a");
        await session.DeleteAsync("a").RefusedAsync(RpcCode.FailedPrecondition, "a has dependents: b");
        await session.GetAsync("gone").RefusedAsync(RpcCode.NotFound, "gone");
        Assert.Equal("4", (await session.RollBackAsync("a", 3)).Variable.Text());
        Assert.True((await session.RegisterAsync("large", Json.LargeString(1))).AlreadyRegistered);
    }

    [Fact]
    public async Task Tools_are_as_they_were()
    {
        var session = _client.NewSession();
        await session.RegisterAsync("x", 1);
        var registering = session.RegisteringTools("w1", "add", "sub");
        registering.Tools[0].Parameters.Add(new ParameterSpec { Name = "a", Type = "int", ValidationJson = """{"default": 1}""" });
        await session.RegisterToolsAsync(registering);
        var before = (await session.InitializeAsync()).AvailableTools;

        session = await RestartAsync(session.Id);

        Assert.Equal(before, (await session.InitializeAsync()).AvailableTools);
        Assert.Equal(2, before.Count);
        Assert.True((await session.RegisterToolsAsync(registering)).Success);
        Assert.Equal(2, (await session.DescribeAsync()).ToolCount);
    }

    [Fact]
    public async Task A_watcher_that_resumes_sees_exactly_what_it_missed()
    {
        var session = _client.NewSession();
        await session.RegisterAsync("x", 0);
        await session.RegisterAsync("y", 0);
        await session.DependAsync("y", "x");
        long revision;
        using (var watch = await session.WatchAsync())
        {
            await session.SetAsync("x", 1);
            revision = (await watch.TakeAsync(2))[^1].Revision;
        }

        using var witness = await session.WatchAsync();
        await session.SetAsync("x", 2);
        await session.SetManyAsync(session.Batch(true, ("x", 3), ("y", 4)));
        await session.RegisterAsync("z", Json.LargeString(100_000));
        await session.DeleteAsync("y");
        await session.DeleteAsync("z");
        var missed = await witness.TakeAsync((int)((await session.DescribeAsync()).Revision - revision));

        session = await RestartAsync(session.Id);

        using var resumed = await session.ResumeAsync(revision);
        Assert.Equal(missed, await resumed.TakeAsync(missed.Count));
        var set = await session.SetAsync("x", 9);
        Assert.Equal(missed[^1].Revision + 1, set.Revision);
        Assert.Equal((set.Revision, "3"), await RevisionAndOldAsync(resumed));
        using var deleted = await session.WatchAsync(
            new WatchVariablesRequest { FromRevision = revision, VariableIdentifiers = { "z" } });
        Assert.Equal(["registered", "deleted"], (await deleted.TakeAsync(2)).Select(update => update.UpdateType));
    }

    [Fact]
    public async Task Revisions_of_ended_sessions_never_return()
    {
        var ended = _client.NewSession();
        await ended.RegisterAsync("x", 0);
        long highest = 0;
        for (var n = 0; n < 20; n++)
        {
            highest = (await ended.SetAsync("x", n)).Revision;
        }

        await ended.CleanUpAsync();

        var again = await RestartAsync(ended.Id);

        Assert.False(await again.HeartbeatAsync());
        Assert.True((await again.RegisterAsync("x", 0)).Revision > highest);
        using var watch = await again.ResumeAsync(highest - 5);
        await watch.NextAsync("resync");
    }

    [Fact]
    public async Task Idle_time_counts_on_while_the_server_is_down()
    {
        var (brief, lasting) = (_client.NewSession(), _client.NewSession());
        await brief.InitializeAsync(ttlSeconds: 1);
        await lasting.InitializeAsync(ttlSeconds: 3_000);

        lasting = await RestartAsync(lasting.Id);

        Assert.True(await lasting.HeartbeatAsync());
        await Eventually.TrueAsync(
            async () => (await _client.CallAsync<ListSessionsResponse>(
                BridgeClient.SessionsService, "ListSessions", new ListSessionsRequest())).Sessions.Count == 1,
            "the session that nobody used has ended");
        Assert.False(await _client.Session(brief.Id).HeartbeatAsync());
        Assert.True(await lasting.HeartbeatAsync());
    }

    [Fact]
    public async Task Many_sessions_come_back_and_are_listed()
    {
        var ids = Enumerable.Range(0, 150).Select(n => $"s{n:000}").ToList();
        await Task.WhenAll(ids.Select((id, n) => _client.Session(id).RegisterAsync("x", n)));

        await RestartAsync("s000");

        var listed = new List<string>();
        var request = new ListSessionsRequest();
        do
        {
            var page = await _client.CallAsync<ListSessionsResponse>(BridgeClient.SessionsService, "ListSessions", request);
            listed.AddRange(page.Sessions.Select(session => session.SessionId));
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        Assert.Equal(ids, listed);
        var values = await Task.WhenAll(ids.Select(id => _client.Session(id).GetAsync("x")));
        Assert.Equal(Enumerable.Range(0, 150).Select(n => $"{n}"), values.Select(variable => variable.Text()));
    }

    [Fact]
    public async Task Several_restarts_in_a_row_lose_nothing()
    {
        var session = _client.NewSession();
        var start = (await session.RegisterAsync("x", 0)).Revision;

        for (var round = 1; round <= 5; round++)
        {
            Assert.Equal((round, start + round), await VersionAndRevisionAsync(session.SetAsync("x", round)));
            session = await RestartAsync(session.Id);
        }

        using var watch = await session.ResumeAsync(start);
        Assert.Equal(["1", "2", "3", "4", "5"], (await watch.TakeAsync(5)).Select(update => update.NewText()));
        Assert.Equal(6, (await session.HistoryAsync("x")).Count);
    }

    private static async Task<(int Version, long Revision)> VersionAndRevisionAsync(Task<SetVariableResponse> setting)
    {
        var set = await setting;
        return (set.NewVersion, set.Revision);
    }

    private static async Task<(long Revision, string Old)> RevisionAndOldAsync(WatchClient watch)
    {
        var update = await watch.NextAsync("value_change");
        return (update.Revision, update.OldValue.Text());
    }

    // All that a client can see of a session, but for when it expires.
    private static async Task<List<IMessage>> SeenAsync(SessionClient session)
    {
        var described = await session.DescribeAsync();
        var left = described.ExpiresAt.ToDateTimeOffset() - DateTimeOffset.UtcNow;
        Assert.InRange(left.TotalSeconds, 400, 501);
        described.ExpiresAt = null;
        var variables = await session.CallAsync<ListVariablesResponse>("ListVariables", new ListVariablesRequest { SessionId = session.Id });
        List<IMessage> seen = [described, .. variables.Variables];
        foreach (var variable in variables.Variables)
        {
            seen.AddRange(await session.HistoryAsync(variable.Id));
        }

        return seen;
    }

    private async Task<SessionClient> RestartAsync(string id)
    {
        _client.Dispose();
        await _server.RestartAsync();
        _client = new BridgeClient(_server.Address);
        return _client.Session(id);
    }
}
