using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Contract.Support;

namespace Snakepit.Tests.Contract.Services;

/// <summary>What is answered to calls of tools there are not, and to calls there are not.</summary>
public sealed class ToolTests(SharedServer server)
{
    [Fact]
    public async Task An_unknown_session_is_told_in_the_body_or_as_a_streams_status()
    {
        var session = server.NewSession();
        var words = $"Session not found: {session.Id}";

        Assert.Equal((false, words), Failure(await session.ExecuteAsync("t")));
        var elixir = await ElixirAsync(session, "t");
        Assert.Equal((false, words, "null"), (elixir.Success, elixir.ErrorMessage, elixir.Result.Text()));
        using var chunks = session.ExecuteStreaming("t");
        await chunks.ReadAsync().AsTask().RefusedExactlyAsync(RpcCode.NotFound, words);
        Assert.False(await session.HeartbeatAsync());
    }

    [Fact]
    public async Task A_tool_that_has_no_host_any_more_is_told_from_one_that_is_unknown()
    {
        var session = server.NewSession();
        await session.InitializeAsync();
        await session.RegisterToolsAsync("python-1", "left");

        Assert.Equal(
            (false, "UNAVAILABLE: no host of tool left is reachable: python-1 is not connected"),
            Failure(await session.ExecuteAsync("left")));
        Assert.Equal("Tool left is not an Elixir tool", (await ElixirAsync(session, "left")).ErrorMessage);
        Assert.Equal("Tool not found: right", (await ElixirAsync(session, "right")).ErrorMessage);
    }

    [Fact]
    public async Task A_call_without_a_session_is_refused()
    {
        var session = server.Client.Session("");
        await session.ExecuteAsync("t").RefusedExactlyAsync(RpcCode.InvalidArgument, "session_id must not be empty");
        await ElixirAsync(session, "t").RefusedExactlyAsync(RpcCode.InvalidArgument, "session_id must not be empty");
        using var chunks = session.ExecuteStreaming("t");
        await chunks.ReadAsync().AsTask().RefusedExactlyAsync(RpcCode.InvalidArgument, "session_id must not be empty");
    }

    [Theory]
    [InlineData("snakepit.bridge.BridgeService", "NoSuchMethod")]
    [InlineData("no.such.Service", "Ping")]
    public async Task Calls_there_are_not_are_unimplemented(string service, string method) =>
        await server.Client.CallAsync<PingResponse>(service, method, new PingRequest()).RefusedAsync(RpcCode.Unimplemented, method);

    private static (bool Success, string Error) Failure(ExecuteToolResponse response) => (response.Success, response.ErrorMessage);

    private static Task<ExecuteElixirToolResponse> ElixirAsync(SessionClient session, string tool) =>
        session.CallAsync<ExecuteElixirToolResponse>(
            "ExecuteElixirTool", new ExecuteElixirToolRequest { SessionId = session.Id, ToolName = tool });
}
