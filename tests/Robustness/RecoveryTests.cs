using System.Globalization;
using Google.Protobuf;
using Snakepit.Protocol.Administration;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Calculating;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Robustness.Load;
using Snakepit.Tests.Robustness.Support;

namespace Snakepit.Tests.Robustness;

/// <summary>After kill -9 everything is as it was.</summary>
public sealed class RecoveryTests
{
    [Fact]
    public async Task Sessions_versions_history_and_locks_are_as_they_were()
    {
        using var folder = new TempFolder();
        await using var server = new RestartingServer(folder.At("data"));
        await server.StartAsync();
        await FurnishAsync(server.Process.Client);
        var before = await PortraitAsync(server.Process.Client);
        await server.KillAsync();
        await server.StartAsync();
        Assert.Equal(before, await PortraitAsync(server.Process.Client));
    }

    [Fact]
    public async Task Dependencies_and_locks_hold_as_before()
    {
        using var folder = new TempFolder();
        await using var server = new RestartingServer(folder.At("data"));
        await server.StartAsync();
        await FurnishAsync(server.Process.Client);
        await server.KillAsync();
        await server.StartAsync();
        var client = server.Process.Client;
        var revision = (await client.DescribeAsync("s")).Revision;

        await AssertRefusedAsync(RpcCode.FailedPrecondition, client.SetAsync("s", "locked", "x"));
        await AssertRefusedAsync(RpcCode.FailedPrecondition, client.CallAsync<DeleteVariableResponse>(
            "DeleteVariable", new DeleteVariableRequest { SessionId = "s", VariableIdentifier = "to" }));
        await AssertRefusedAsync(RpcCode.FailedPrecondition, client.CallAsync<AddDependencyResponse>(
            "AddDependency", Dependency(from: "to", to: "from")));

        await client.SetAsync("s", "to", "new");
        using var watch = client.Watch(new WatchVariablesRequest
        {
            SessionId = "s",
            VariableIdentifiers = { "from" },
            FromRevision = revision,
        });
        var update = await watch.ReadAsync().AsTask().Within("the dependent's update");
        Assert.Equal(("dependency_change", revision + 2), (update!.UpdateType, update.Revision));
    }

    [Fact]
    public async Task A_request_that_is_repeated_gets_its_first_answer_and_changes_nothing()
    {
        using var folder = new TempFolder();
        await using var server = new RestartingServer(folder.At("data"));
        await server.StartAsync();
        await server.Process.Client.RegisterAsync("s", "x");
        var first = await server.Process.Client.SetAsync("s", "x", "once", requestId: "r");
        await server.Process.Client.SetAsync("s", "x", "later");
        await server.KillAsync();
        await server.StartAsync();
        Assert.Equal(first, await server.Process.Client.SetAsync("s", "x", "once", requestId: "r"));
        Assert.Equal("later", await server.Process.Client.GetAsync("s", "x"));
        await AssertRefusedAsync(RpcCode.InvalidArgument, server.Process.Client.SetAsync("s", "x", "other", requestId: "r"));
    }

    [Fact]
    public async Task Large_values_are_byte_for_byte_those_of_their_version_however_often_it_is_killed()
    {
        using var folder = new TempFolder();
        await using var server = new RestartingServer(folder.At("data"));
        await server.StartAsync();
        await server.Process.Client.RegisterAsync("s", "x", LargeOf(version: 0));
        var acknowledged = 0;
        for (var kill = 0; kill < 6; kill++)
        {
            // Killed in the midst of one.
            var client = server.Process.Client;
            var three = new TaskCompletionSource();
            var setting = SetOnAsync(client, acknowledged, version =>
            {
                if (version == acknowledged + 3)
                {
                    three.SetResult();
                }
            });
            await three.Task.Within("three sets");
            await server.KillAsync();
            var last = await setting.Within("the end of the sets");
            await server.StartAsync();
            var history = await server.Process.Client.CallAsync<GetVariableHistoryResponse>(
                "GetVariableHistory",
                new GetVariableHistoryRequest { SessionId = "s", VariableIdentifier = "x", Limit = 3 });
            Assert.InRange(history.Entries[0].Version, last, last + 1);
            Assert.All(history.Entries, entry => Assert.True(BridgeClient.Unpack(entry.Value) == LargeOf(entry.Version), $"version {entry.Version}"));
            acknowledged = history.Entries[0].Version;
        }
    }

    [Fact]
    public async Task Calculations_go_on()
    {
        using var folder = new TempFolder();
        await using var server = new RestartingServer(folder.At("data"));
        await server.StartAsync();
        var open = await CalculateAsync<SessionOperation>(server, "Create", new Number { Value = 4 });
        await CalculateAsync<Number>(server, "Add", new SessionOperation { Token = open.Token, Value = 6 });
        await server.KillAsync();
        await server.StartAsync();
        var sum = await CalculateAsync<Number>(server, "Multiply", new SessionOperation { Token = open.Token, Value = 2 });
        Assert.Equal(20, sum.Value);
        Assert.Equal(20, (await CalculateAsync<Number>(server, "Answer", open)).Value);
        await server.KillAsync();
        await server.StartAsync();
        await AssertRefusedAsync(RpcCode.NotFound, CalculateAsync<Number>(server, "Answer", open));
    }

    [Fact]
    public async Task A_session_that_was_in_use_outlives_a_crash_by_its_ttl_and_one_that_was_not_ends()
    {
        const int TtlSeconds = 4;
        using var folder = new TempFolder();
        await using var server = new RestartingServer(folder.At("data"));
        await server.StartAsync();
        var client = server.Process.Client;
        await client.InitializeAsync("unused", TtlSeconds);
        await client.InitializeAsync("used", TtlSeconds);

        // The server stores a use now and then only, and is killed right after one.
        var lastUse = DateTimeOffset.MinValue;
        var began = DateTimeOffset.UtcNow;
        while (lastUse - began < TimeSpan.FromSeconds(TtlSeconds * 0.75))
        {
            lastUse = DateTimeOffset.UtcNow;
            Assert.True((await client.CallAsync<HeartbeatResponse>("Heartbeat", new HeartbeatRequest { SessionId = "used" })).SessionValid);
        }

        await server.KillAsync();
        await server.StartAsync();
        await EndedAsync(server.Process.Client, "unused");
        Assert.Contains("used", await IdsAsync(server.Process.Client));
        await EndedAsync(server.Process.Client, "used");
        Assert.InRange(DateTimeOffset.UtcNow, lastUse + TimeSpan.FromSeconds(TtlSeconds), DateTimeOffset.MaxValue);
    }

    /// <summary>One after the other, until there is no answer. Answers with the last that was acknowledged.</summary>
    private static async Task<int> SetOnAsync(BridgeClient client, int version, Action<int> acknowledged)
    {
        while (true)
        {
            try
            {
                version = (await client.SetAsync("s", "x", LargeOf(version + 1))).NewVersion;
                acknowledged(version);
            }
            catch (RpcException)
            {
                return version;
            }
        }
    }

    // In three chunks, of different lengths, no two alike.
    private static string LargeOf(int version) =>
        string.Concat(Enumerable.Range(0, 250_000 + (version * 100)).Select(n => $"{(n * 7) + version:x8}"));

    private static Task<IReadOnlyList<string>> EndedAsync(BridgeClient client, string session) =>
        Deadlines.UntilAsync($"the end of the session {session}", () => IdsAsync(client), ids => !ids.Contains(session));

    private static async Task<IReadOnlyList<string>> IdsAsync(BridgeClient client) =>
        [.. (await client.SessionsAsync()).Select(session => session.SessionId)];

    private static Task<TResponse> CalculateAsync<TResponse>(RestartingServer server, string method, IMessage request)
        where TResponse : class, IMessage<TResponse>, new() =>
        server.Process.Client.AnyAsync<TResponse>($"/Calculator/{method}", request);

    private static AddDependencyRequest Dependency(string from, string to) =>
        new() { SessionId = "s", FromVariable = from, ToVariable = to, DependencyType = "data" };

    private static async Task AssertRefusedAsync(RpcCode code, Task call) =>
        Assert.Equal(code, (await Assert.ThrowsAsync<RpcException>(() => call)).Status.Code);

    /// <summary>One of everything that a session can have.</summary>
    private static async Task FurnishAsync(BridgeClient client)
    {
        await client.CallAsync<InitializeSessionResponse>("InitializeSession", new InitializeSessionRequest
        {
            SessionId = "s",
            Metadata = { ["who"] = "test" },
            Config = new SessionConfig { TtlSeconds = 1_000, HistoryLimit = 7 },
        });
        foreach (var name in new[] { "from", "to", "locked", "gone", "rolled-back", "large", "last" })
        {
            await client.RegisterAsync("s", name, "first");
        }

        for (var i = 0; i < 20; i++)
        {
            var values = new[] { "to", "rolled-back" }.ToDictionary(name => name, name => i.ToString(CultureInfo.InvariantCulture));
            await client.SetAllAsync("s", values);
        }

        await client.SetAsync("s", "large", new string('x', 200_000));
        await client.CallAsync<AddDependencyResponse>("AddDependency", Dependency(from: "from", to: "to"));
        await client.CallAsync<StartOptimizationResponse>("StartOptimization", new StartOptimizationRequest
        {
            SessionId = "s",
            VariableIdentifier = "locked",
            OptimizerId = "optimizer",
        });
        await client.CallAsync<RollbackVariableResponse>("RollbackVariable", new RollbackVariableRequest
        {
            SessionId = "s",
            VariableIdentifier = "rolled-back",
            TargetVersion = 18,
        });
        await client.CallAsync<DeleteVariableResponse>("DeleteVariable", new DeleteVariableRequest { SessionId = "s", VariableIdentifier = "gone" });
        await client.InitializeAsync("cleaned up");
        await client.CallAsync<CleanupSessionResponse>("CleanupSession", new CleanupSessionRequest { SessionId = "cleaned up" });
    }

    /// <summary>All that can be asked about the sessions, but for what the asking itself changes.</summary>
    private static async Task<IReadOnlyList<IMessage>> PortraitAsync(BridgeClient client)
    {
        var portrait = new List<IMessage>();
        foreach (var session in await client.SessionsAsync())
        {
            // Of what is in memory more is told; the description has it anyway.
            portrait.Add(new SessionSummary { SessionId = session.SessionId, CreatedAt = session.CreatedAt, Metadata = { session.Metadata } });

            var description = await client.DescribeAsync(session.SessionId);
            description.ExpiresAt = null;
            portrait.Add(description);
            foreach (var variable in await client.ListAsync(session.SessionId))
            {
                portrait.Add(variable);
                portrait.Add(await client.CallAsync<GetVariableHistoryResponse>(
                    "GetVariableHistory",
                    new GetVariableHistoryRequest { SessionId = session.SessionId, VariableIdentifier = variable.Id }));
            }
        }

        return portrait;
    }
}
