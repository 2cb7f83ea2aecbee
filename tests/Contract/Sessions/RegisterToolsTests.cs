using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Contract.Support;

namespace Snakepit.Tests.Contract.Sessions;

/// <summary>Tools that workers register with a session.</summary>
public sealed class RegisterToolsTests(SharedServer server)
{
    [Fact]
    public async Task A_registration_is_answered_with_an_id_for_each_tool()
    {
        var session = server.NewSession();
        await session.InitializeAsync();
        var reply = await session.RegisterToolsAsync("python-1", "add", "sub.v2");
        Assert.Equal((true, ""), (reply.Success, reply.ErrorMessage));
        Assert.Equal(2, reply.ToolIds.Count);
        Assert.Equal(($"{session.Id}:add", $"{session.Id}:sub.v2"), (reply.ToolIds["add"], reply.ToolIds["sub.v2"]));
    }

    [Fact]
    public async Task A_tool_comes_back_as_it_was_registered_with_the_variables_its_worker_says_it_requires()
    {
        var session = server.NewSession();
        await session.InitializeAsync();
        var registering = session.RegisteringTools("python-1", "add");
        var tool = registering.Tools[0];
        tool.SupportsStreaming = true;
        tool.Metadata.Add(new Dictionary<string, string> { ["module"] = "m", ["required_variables"] = "x, y,," });
        tool.Parameters.Add(new ParameterSpec { Name = "a", Type = "int", Required = true, DefaultValue = Json.Integer(3) });
        tool.Parameters.Add(new ParameterSpec { Name = "b", Type = "optional", ValidationJson = """{"default": NaN}""" });
        await session.RegisterToolsAsync(registering);

        var spec = Assert.Single((await session.InitializeAsync()).AvailableTools).Value;
        Assert.Equal(
            new ToolSpec
            {
                Name = "add",
                Description = "what add does",
                SupportsStreaming = true,
                Parameters = { tool.Parameters },
                Metadata = { tool.Metadata },
                RequiredVariables = { "x", "y" },
            },
            spec);
    }

    [Fact]
    public async Task Again_or_from_a_second_worker_a_registration_succeeds_and_the_tool_is_there_once()
    {
        var session = server.NewSession();
        await session.RegisterAsync("x", 1);
        var before = (await session.DescribeAsync()).Revision;
        var first = await session.RegisterToolsAsync("python-1", "add", "sub");
        Assert.Equal(first, await session.RegisterToolsAsync("python-1", "add", "sub"));
        Assert.Equal(first, await session.RegisterToolsAsync("python-2", "add", "sub"));
        var described = await session.DescribeAsync();
        Assert.Equal((2, 1, before), (described.ToolCount, described.VariableCount, described.Revision));
    }

    [Fact]
    public async Task Workers_that_register_at_once_all_succeed()
    {
        var session = server.NewSession();
        await session.InitializeAsync();
        var replies = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(n => session.RegisterToolsAsync($"python-{n}", "shared", $"own-{n}")));
        Assert.All(replies, reply => Assert.True(reply.Success));
        Assert.Equal(21, (await session.InitializeAsync()).AvailableTools.Count);
    }

    [Fact]
    public async Task An_unknown_session_is_told_in_the_reply_and_not_made()
    {
        var session = server.NewSession();
        var reply = await session.RegisterToolsAsync("python-1", "add");
        Assert.Equal((false, $"Session not found: {session.Id}", 0), (reply.Success, reply.ErrorMessage, reply.ToolIds.Count));
        Assert.False(await session.HeartbeatAsync());
    }

    [Theory]
    [InlineData("", "tool name must not be empty")]
    [InlineData("two words", "tool name 'two words' must consist of")]
    [InlineData("-x", "tool name '-x' must consist of")]
    public async Task A_bad_name_is_refused_and_registers_nothing(string name, string words)
    {
        var session = server.NewSession();
        await session.InitializeAsync();
        await session.RegisterToolsAsync("python-1", "good", name).RefusedAsync(RpcCode.InvalidArgument, words);
        Assert.Equal(0, (await session.DescribeAsync()).ToolCount);
    }

    [Fact]
    public async Task What_names_nobody_or_one_thing_twice_is_refused()
    {
        var session = server.NewSession();
        await session.InitializeAsync();
        await session.RegisterToolsAsync("", "add").RefusedExactlyAsync(RpcCode.InvalidArgument, "worker_id must not be empty");
        await session.RegisterToolsAsync("w", "add", "add")
            .RefusedExactlyAsync(RpcCode.InvalidArgument, "Tool add is offered twice in one request");
        await server.Client.Session("").RegisterToolsAsync("w", "add")
            .RefusedExactlyAsync(RpcCode.InvalidArgument, "session_id must not be empty");
        var registering = session.RegisteringTools("w", "add");
        registering.Tools[0].Parameters.Add(new ParameterSpec { Name = "a", Type = "int", ValidationJson = """{"min": []}""" });
        await session.RegisterToolsAsync(registering)
            .RefusedAsync(RpcCode.InvalidArgument, "Tool add: parameter a: Invalid constraints: ");
    }

    [Fact]
    public async Task More_than_a_session_may_hold_is_refused_and_what_was_there_stays()
    {
        var session = server.NewSession();
        await session.InitializeAsync();
        await session.RegisterToolsAsync("w", "add");
        var registering = session.RegisteringTools("w", "huge");
        registering.Tools[0].Description = new string('x', 2 * 1024 * 1024);
        await session.RegisterToolsAsync(registering).RefusedAsync(RpcCode.ResourceExhausted, "bytes, the limit is 1048576");
        await session.RegisterToolsAsync("w", [.. Enumerable.Range(0, 1_000).Select(n => $"t{n}")])
            .RefusedExactlyAsync(RpcCode.ResourceExhausted, "the session would have 1001 tools, the limit is 1000");
        Assert.Equal(["add"], (await session.InitializeAsync()).AvailableTools.Keys);
    }

    [Fact]
    public async Task Tools_count_as_resources_of_a_session_that_ends()
    {
        var session = server.NewSession();
        await session.RegisterAsync("x", 1);
        await session.RegisterToolsAsync("w", "add", "sub");
        Assert.Equal(3, (await session.CleanUpAsync()).ResourcesCleaned);
        Assert.Equal(0, (await session.CleanUpAsync()).ResourcesCleaned);
        Assert.Empty((await session.InitializeAsync()).AvailableTools);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nobody")]
    public async Task A_session_that_is_not_there_exposes_no_tools_and_is_not_made(string sessionId)
    {
        Assert.Empty((await ExposedAsync(sessionId)).Tools);
        Assert.False(await server.Client.Session(sessionId).HeartbeatAsync());
    }

    [Fact]
    public async Task Tools_of_workers_are_not_exposed_to_workers()
    {
        var session = server.NewSession();
        await session.InitializeAsync();
        await session.RegisterToolsAsync("w", "add");
        Assert.Empty((await ExposedAsync(session.Id)).Tools);
    }

    private Task<GetExposedElixirToolsResponse> ExposedAsync(string sessionId) =>
        server.Client.BridgeAsync<GetExposedElixirToolsResponse>(
            "GetExposedElixirTools", new GetExposedElixirToolsRequest { SessionId = sessionId });
}
